import { brokerConformance } from '../../test/broker-conformance.ts'
import { fakeRemote } from '../../test/fake-remote-broker.ts'
import { brokers, openBroker } from './registry.ts'

const settings = {
  paper: {
    submitLatencyUs: 5_000,
    ackLatencyUs: 4_000,
    fillLatencyUs: 9_000,
    fees: { binance_usdm: { makerBps: 2, takerBps: 5 } },
  },
}
const options = { settings, leadUs: 0, retentionUs: 1 }

for (const definition of brokers) brokerConformance(definition, settings)
brokerConformance(fakeRemote(), settings)
brokerConformance(fakeRemote({ repeatFillsAfterUs: 7_000, lateFillUs: 3_000, lateAmendUs: 4_000 }), settings)

describe('the registry', () => {
  it('gives each broker a name of its own', () => {
    expect(new Set(brokers.map(({ name }) => name)).size).toBe(brokers.length)
  })

  it('refuses an unknown name, and the state of another broker', () => {
    expect(() => openBroker('nobody', options)).toThrow('Expected a broker of paper, was nobody')
    const saved = { name: 'fake_remote', state: fakeRemote().open(options).snapshot() }
    expect(() => openBroker('paper', options, saved)).toThrow('the state of the broker paper, was that of fake_remote')
    expect(openBroker('fake_remote', options, saved, [fakeRemote()]).nextDueUs()).toBe(Number.POSITIVE_INFINITY)
  })
})
