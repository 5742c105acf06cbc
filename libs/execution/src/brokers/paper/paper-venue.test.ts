import { instrumentId } from '@triplane/contracts'
import { anApproved, aTrade, HandBook, NOW_US, perpetual, terms } from '../../../test/builders.ts'
import { PaperVenue, type PaperVenueConfig, type PaperVenueSnapshot } from './paper-venue.ts'
import type { BrokerReport } from '../broker.ts'

const config: PaperVenueConfig = {
  submitLatencyUs: 5_000,
  ackLatencyUs: 4_000,
  fillLatencyUs: 9_000,
  leadUs: 1_000,
  retentionUs: 60_000_000,
  fees: { sim: { makerBps: 10, takerBps: 10 }, binance_usdm: { makerBps: 2, takerBps: 5 } },
}
const cancel = { type: 'cancelOrder', intentId: 'OFI-1', instrument: instrumentId(perpetual) } as const

function open(fields: Partial<PaperVenueConfig> = {}, snapshot?: PaperVenueSnapshot) {
  const venue = new PaperVenue({ ...config, ...fields }, snapshot)
  const book = new HandBook({ bids: [[60_000, 2]], asks: [[60_000.1, 1]] })
  return { venue, book, matcher: venue.list(terms, book, { bid: () => Number.NaN, ask: () => Number.NaN }) }
}

/** All reports due through `untilUs`, with the time each was due. */
function drain(venue: PaperVenue, untilUs = Number.POSITIVE_INFINITY) {
  const replies: { readonly dueUs: number; readonly reply: BrokerReport }[] = []
  while (venue.nextDueUs() <= untilUs && Number.isFinite(venue.nextDueUs())) {
    const dueUs = venue.nextDueUs() - NOW_US
    const reply = venue.handleNext()
    if (reply) replies.push({ dueUs, reply })
  }
  return replies
}

describe('paper venue', () => {
  it('delays orders and answers in market time', () => {
    const { venue } = open()
    venue.take({ type: 'submitOrder', order: anApproved({ limitPrice: '60000.1' }) }, NOW_US)
    expect(venue.nextDueUs()).toBe(NOW_US + 5_000)
    expect(
      drain(venue).map(({ dueUs, reply }) => [reply.type, dueUs, reply.venueUs - NOW_US, reply.atUs - NOW_US]),
    ).toEqual([
      ['acknowledged', 8_000, 5_000, 9_000],
      ['filled', 13_000, 5_000, 14_000],
    ])
  })

  it('answers no earlier than the lead', () => {
    const { venue } = open({ leadUs: 50_000 })
    venue.take({ type: 'submitOrder', order: anApproved() }, NOW_US)
    expect(drain(venue).map(({ dueUs, reply }) => [dueUs, reply.atUs - NOW_US])).toEqual([[5_000, 55_000]])
  })

  it('matches on the book at arrival, not at submit', () => {
    const { venue, book } = open()
    venue.take({ type: 'submitOrder', order: anApproved({ limitPrice: '60000.1' }) }, NOW_US)
    book.asks = [[60_000.2, 1]]
    expect(drain(venue).map(({ reply }) => reply.type)).toEqual(['acknowledged'])
  })

  it('executes an order that arrives twice only once', () => {
    const { venue } = open()
    venue.take({ type: 'submitOrder', order: anApproved({ limitPrice: '60000.1' }) }, NOW_US)
    venue.take({ type: 'submitOrder', order: anApproved({ limitPrice: '60000.1' }) }, NOW_US)
    expect(drain(venue).map(({ reply }) => reply.type)).toEqual(['acknowledged', 'filled'])
  })

  it('reports the end of an immediate order after its fills', () => {
    const { venue } = open()
    venue.take({ type: 'submitOrder', order: anApproved({ orderType: 'MARKET', quantity: '2' }) }, NOW_US)
    expect(drain(venue).map(({ reply }) => reply.type)).toEqual(['acknowledged', 'filled', 'cancelled'])
  })

  it('may report a fill after a later cancellation', () => {
    const { venue, matcher } = open()
    venue.take({ type: 'submitOrder', order: anApproved() }, NOW_US)
    drain(venue, NOW_US + 10_000)
    matcher.onTrade(aTrade({ size: 2.05 }), NOW_US + 14_000)
    venue.take(cancel, NOW_US + 10_000)
    expect(drain(venue).map(({ reply }) => reply.type)).toEqual(['cancelled', 'filled'])
  })

  it('does not answer the cancellation of an order that has ended', () => {
    const { venue } = open()
    venue.take({ type: 'submitOrder', order: anApproved({ limitPrice: '60000.1' }) }, NOW_US)
    drain(venue)
    venue.take(cancel, NOW_US + 20_000)
    expect(drain(venue)).toEqual([])
  })

  it.each([1, 5_000, 8_000, 20_000])('resumes identically from a snapshot at %i us', (atUs) => {
    const run = (restored: boolean) => {
      const { venue, book } = open()
      venue.take({ type: 'submitOrder', order: anApproved({ limitPrice: '60000.1', quantity: '3' }) }, NOW_US)
      venue.take(cancel, NOW_US + 12_000)
      const early = drain(venue, NOW_US + atUs)
      const saved = open({}, JSON.parse(JSON.stringify(venue.snapshot())) as PaperVenueSnapshot)
      Object.assign(saved.book, book)
      return [...early, ...drain(restored ? saved.venue : venue)]
    }
    expect(run(true)).toEqual(run(false))
    expect(run(true).map(({ reply }) => reply.type)).toEqual(['acknowledged', 'filled', 'cancelled'])
  })

  it.each([
    { name: 'no submit latency', fields: { submitLatencyUs: 0 } },
    { name: 'fills before acknowledgements', fields: { fillLatencyUs: 3_999 } },
  ])('cannot be built with $name', ({ fields }) => {
    expect(() => open(fields)).toThrow('Invariant')
  })
})
