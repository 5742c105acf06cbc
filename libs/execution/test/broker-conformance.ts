import { createStateCheck, StateMisfitError, type OrderIntent, instrumentId } from '@triplane/contracts'
import { fixed } from '@triplane/kernel'
import type { Broker, BrokerReport } from '../src/brokers/broker.ts'
import type { BrokerDefinition, BrokerOptions } from '../src/brokers/define-broker.ts'
import { anApproved, aTrade, HandBook, NOW_US, perpetual, terms } from './builders.ts'

const LEAD_US = 2_000
const ends: readonly BrokerReport['type'][] = ['rejected', 'cancelled', 'expired']

/** The tests that every broker has to pass, on a market of 60,000.0 to 60,000.1. */
export function brokerConformance<Settings>(definition: BrokerDefinition<Settings>, settings: Settings): void {
  const options: BrokerOptions<Settings> = { settings, leadUs: LEAD_US, retentionUs: 60_000_000 }

  function open(saved?: unknown) {
    const broker = definition.open(options, saved)
    const book = new HandBook({ bids: [[60_000, 2]], asks: [[60_000.1, 1]] })
    return { broker, market: broker.list(terms, book, { bid: () => 60_000, ask: () => 60_000.1 }) }
  }

  /** All reports due through `untilUs`. */
  function reports(broker: Broker, untilUs = Number.MAX_SAFE_INTEGER): BrokerReport[] {
    const seen: BrokerReport[] = []
    let lastUs = 0
    while (broker.nextDueUs() <= untilUs) {
      const dueUs = broker.nextDueUs()
      expect(dueUs).toBeGreaterThanOrEqual(lastUs)
      lastUs = dueUs
      const report = broker.handleNext()
      if (!report) continue
      expect(report.atUs).toBe(dueUs + LEAD_US)
      seen.push(report)
    }
    return seen
  }
  const submit = (broker: Broker, fields: Partial<OrderIntent> = {}, nowUs = NOW_US) =>
    broker.take({ type: 'submitOrder', order: anApproved(fields) }, nowUs)
  const cancel = (broker: Broker, nowUs: number) =>
    broker.take({ type: 'cancelOrder', intentId: 'OFI-1', instrument: instrumentId(perpetual) }, nowUs)
  const amend = (broker: Broker, quantity: string, nowUs: number) =>
    broker.take({ type: 'amendOrder', intentId: 'OFI-1', instrument: instrumentId(perpetual), quantity }, nowUs)
  const typesOf = (seen: readonly BrokerReport[]) => seen.map(({ type }) => type)
  /** The fills, deduplicated. */
  function fillsOf(seen: readonly BrokerReport[]) {
    const fills = seen.filter((report) => report.type === 'filled')
    return [...new Map(fills.map((fill) => [fill.fillId, fill])).values()]
  }

  describe(`${definition.name} conforms`, () => {
    it('acknowledges an order, then fills it, in market time and with all that is needed to book', () => {
      const { broker } = open()
      submit(broker, { limitPrice: '60000.1' })
      const seen = reports(broker)
      expect(typesOf(seen)[0]).toBe('acknowledged')
      const fills = fillsOf(seen)
      expect(fills.reduce((sum, { quantity }) => sum + fixed(quantity, 8), 0n)).toBe(fixed('0.1', 8))
      expect(fills.at(-1)).toMatchObject({ intentId: 'OFI-1', order: { ...anApproved({ limitPrice: '60000.1' }) } })
      expect(fixed(fills.at(-1)?.filledQuantity ?? '', 8)).toBe(fixed('0.1', 8))
      for (const { venueUs, atUs } of seen) {
        expect(venueUs).toBeGreaterThan(NOW_US)
        expect(atUs - venueUs).toBeGreaterThanOrEqual(LEAD_US)
      }
    })

    it('lets an order rest until it is cancelled, which we asked for', () => {
      const { broker } = open()
      submit(broker)
      expect(typesOf(reports(broker, NOW_US + 1_000_000))).toEqual(['acknowledged'])
      cancel(broker, NOW_US + 1_000_000)
      expect(reports(broker)).toMatchObject([{ type: 'cancelled', intentId: 'OFI-1', reason: null }])
    })

    it('fills what rests by trades at its price, as part and as a whole', () => {
      const { broker, market } = open()
      submit(broker)
      reports(broker, NOW_US + 1_000_000)
      // The first trade consumes the queue ahead of us.
      for (const size of [2, 0.04, 0.2]) market.onTrade(aTrade({ size }), NOW_US + 1_000_000)
      const fills = fillsOf(reports(broker))
      expect(fills.reduce((sum, { quantity }) => sum + fixed(quantity, 8), 0n)).toBe(fixed('0.1', 8))
      expect(fills.every(({ price }) => Number(price) === 60_000)).toBe(true)
    })

    it('lowers an order that rests: it fills to its new quantity in all, and no further', () => {
      const { broker, market } = open()
      submit(broker, { limitPrice: '59999' })
      reports(broker, NOW_US + 1_000_000)
      market.onTrade(aTrade({ price: 59_999, size: 0.04 }), NOW_US + 1_000_000)
      amend(broker, '0.06', NOW_US + 2_000_000)
      const lowered = reports(broker, NOW_US + 3_000_000)
      expect(lowered.find(({ type }) => type === 'amended')).toMatchObject({ intentId: 'OFI-1', quantity: '0.06' })
      market.onTrade(aTrade({ price: 59_999, size: 1 }), NOW_US + 3_000_000)
      const fills = fillsOf([...lowered, ...reports(broker)])
      expect(fills.reduce((sum, { quantity }) => sum + fixed(quantity, 8), 0n)).toBe(fixed('0.06', 8))
      expect(fixed(fills.at(-1)?.filledQuantity ?? '', 8)).toBe(fixed('0.06', 8))
    })

    it.each(['0.1', '0.2'])(
      'changes nothing by an amendment to %s, which is no less than the order has',
      (quantity) => {
        const { broker, market } = open()
        submit(broker, { limitPrice: '59999' })
        reports(broker, NOW_US + 1_000_000)
        amend(broker, quantity, NOW_US + 1_000_000)
        expect(reports(broker, NOW_US + 2_000_000)).toMatchObject([{ type: 'amended', quantity: '0.1' }])
        market.onTrade(aTrade({ price: 59_999, size: 0.5 }), NOW_US + 2_000_000)
        expect(fillsOf(reports(broker)).reduce((sum, fill) => sum + fixed(fill.quantity, 8), 0n)).toBe(fixed('0.1', 8))
      },
    )

    it('cancels the rest by an amendment to no more than what fills before it comes', () => {
      const { broker, market } = open()
      submit(broker, { limitPrice: '59999' })
      reports(broker, NOW_US + 1_000_000)
      amend(broker, '0.04', NOW_US + 1_000_000)
      market.onTrade(aTrade({ price: 59_999, size: 0.04 }), NOW_US + 1_000_001)
      const seen = reports(broker)
      expect(seen.filter(({ type }) => type === 'cancelled')).toMatchObject([{ intentId: 'OFI-1', reason: null }])
      expect(fillsOf(seen)).toMatchObject([{ quantity: '0.04' }])
    })

    it('does a command that comes twice once', () => {
      const { broker } = open()
      for (let i = 0; i < 2; i++) submit(broker, { limitPrice: '60000.1' })
      const seen = reports(broker)
      expect(typesOf(seen).filter((type) => type === 'acknowledged')).toHaveLength(1)
      expect(fillsOf(seen).reduce((sum, { quantity }) => sum + fixed(quantity, 8), 0n)).toBe(fixed('0.1', 8))

      const resting = open().broker
      submit(resting)
      for (let i = 0; i < 2; i++) cancel(resting, NOW_US + 1_000_000)
      expect(typesOf(reports(resting)).filter((type) => ends.includes(type))).toEqual(['cancelled'])

      const lowered = open()
      submit(lowered.broker)
      for (let i = 0; i < 2; i++) amend(lowered.broker, '0.05', NOW_US + 1_000_000)
      const answers = reports(lowered.broker).filter((report) => report.type === 'amended')
      expect(new Set(answers.map(({ quantity }) => quantity))).toEqual(new Set(['0.05']))
    })

    it('gives an order that has ended no second end', () => {
      const { broker } = open()
      submit(broker, { limitPrice: '60000.1' })
      reports(broker)
      cancel(broker, NOW_US + 1_000_000)
      amend(broker, '0.05', NOW_US + 1_000_000)
      expect(typesOf(reports(broker)).filter((type) => ends.includes(type))).toEqual([])
    })

    it('rejects an order that may not take and would', () => {
      const { broker } = open()
      submit(broker, { limitPrice: '60000.1', postOnly: true })
      expect(reports(broker)).toMatchObject([{ type: 'rejected', intentId: 'OFI-1', reason: 'would_cross' }])
    })

    it.each([0, 1, 6_000, 9_000, 1_100_000])('goes on identically from what it saved after %i us', (afterUs) => {
      const run = (restores: boolean) => {
        let { broker } = open()
        submit(broker, { limitPrice: '60000.1' })
        submit(broker, { intentId: 'OFI-2' })
        submit(broker, { intentId: 'OFI-3' })
        const [at, instrument] = [NOW_US + 1_000_000, instrumentId(perpetual)]
        broker.take({ type: 'cancelOrder', intentId: 'OFI-2', instrument }, at)
        broker.take({ type: 'amendOrder', intentId: 'OFI-3', instrument, quantity: '0.05' }, at)
        const early = reports(broker, NOW_US + afterUs)
        if (restores) broker = open(JSON.parse(JSON.stringify(broker.snapshot()))).broker
        return [...early, ...reports(broker)]
      }
      expect(run(true)).toEqual(run(false))
    })

    it('saves what its schema says, and refuses anything else by the name of the field', () => {
      const { broker } = open()
      submit(broker)
      const saved = JSON.parse(JSON.stringify(broker.snapshot())) as Record<string, unknown>
      expect(createStateCheck(definition.state)(saved)).toBeUndefined()
      for (const name of Object.keys(saved)) {
        const { [name]: _, ...less } = saved
        expect(() => open(less)).toThrow(StateMisfitError)
        expect(() => open(less)).toThrow(`/${definition.name}/${name}`)
      }
    })
  })
}
