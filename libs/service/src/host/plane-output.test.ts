import { topics, type Event, type Fill } from '@triplane/contracts'
import { createMemoryBus, OutputHash, type Bus } from '@triplane/messaging'
import { aFill, testStartUs } from '@triplane/testing'
import { PlaneOutput, type HistorySink, type PlaneOutputState } from './plane-output.ts'

let bus: Bus
beforeEach(() => void (bus = createMemoryBus({ nowUs: () => testStartUs })))
afterEach(() => bus.close())

/** An output of fills, what was observed of it, and what lies on the bus. */
function opened({ state, history }: { readonly state?: PlaneOutputState; readonly history?: HistorySink } = {}) {
  const observed: number[] = []
  const output = new PlaneOutput<Fill>(
    {
      name: 'order-plane',
      producer: bus.producer({ name: 'order-plane', runId: 'run1' }),
      account: 'desk',
      marked: [topics.fills],
      history,
      traceparentOf: ({ seq }) => (seq === 2 ? '00-trace' : undefined),
      observe: ({ seq }) => observed.push(seq),
    },
    state,
  )
  return { output, observed }
}
const records = () => bus.consumer({ group: 'test', topics: [topics.fills], from: 'earliest' }).take()

describe('what a plane puts out', () => {
  it('is sent at once, one record each under the key of its account, with its trace', () => {
    const { output } = opened()
    output.publish([aFill({ seq: 1 }), aFill({ seq: 2 })])
    expect(records().map(({ key, seq, traceparent }) => [key, seq, traceparent])).toEqual([
      ['desk', 1, undefined],
      ['desk', 2, '00-trace'],
    ])
  })

  it('is observed once, in order, when its host has time, and counted then', () => {
    const { output, observed } = opened()
    output.publish([aFill({ seq: 1 }), aFill({ seq: 2 })])
    expect(observed).toEqual([])
    output.observe()
    output.observe()
    expect(observed).toEqual([1, 2])
    expect(output.counts()).toEqual({ fill: 2 })
  })

  it('has the hash of its events, wherever it was saved and taken up again', () => {
    const fills = [1, 2, 3].map((seq) => aFill({ seq }))
    const hash = new OutputHash()
    for (const fill of fills) hash.add(fill)
    const first = opened().output
    first.publish(fills.slice(0, 2))
    const second = opened({ state: JSON.parse(JSON.stringify(first.state())) as PlaneOutputState }).output
    second.publish(fills.slice(2))
    expect(second.digest()).toBe(hash.digest())
    expect(second.counts()).toEqual({ fill: 3 })
  })

  it('is durable when both the bus and history have it', async () => {
    let settle: () => void = () => undefined
    const written: (readonly Event[])[] = []
    const { output } = opened({
      history: {
        write: (_, events) => void written.push(events),
        settled: () => new Promise((resolve) => (settle = resolve)),
      },
    })
    output.publish([aFill({ seq: 1 })])
    let isDurable = false
    const durable = output.durable().then(() => (isDurable = true))
    await output.drained()
    expect([written.length, isDurable]).toEqual([1, false])
    settle()
    await durable
  })
})

describe('the watermarks of a plane', () => {
  const marks = () => records().flatMap(({ watermark }) => (watermark ? [watermark] : []))

  it('are promised once each and never take a promise back', () => {
    const { output } = opened()
    for (const throughUs of [100, 100, 90, 150]) output.mark(throughUs, false)
    expect(marks()).toEqual([
      { throughUs: 100, final: false },
      { throughUs: 150, final: false },
    ])
  })

  it('say the end of the run although it was promised before', () => {
    const { output } = opened()
    output.mark(100, false)
    output.mark(100, true)
    expect(marks().at(-1)).toEqual({ throughUs: 100, final: true })
  })

  it('go on behind those that were promised before a restart', () => {
    const { output } = opened()
    output.mark(100, false)
    const again = opened({ state: output.state() }).output
    again.mark(80, false)
    again.mark(120, false)
    expect(marks().map(({ throughUs }) => throughUs)).toEqual([100, 120])
  })
})
