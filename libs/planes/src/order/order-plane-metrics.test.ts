import { enteredStates, type BrokerReject, type CancelReason, instrumentId } from '@triplane/contracts'
import { createLogger } from '@triplane/logging'
import { aFill, readExposition } from '@triplane/testing'
import { orderPlaneConfig } from '../../../order-core/test/config.ts'
import { BTC, isSessionOpen, Session, SPY } from '../../../order-core/test/session.ts'
import { createOrderMetrics } from './order-plane-metrics.ts'
import { orderPlane } from './order-plane.ts'

const MS = 1000
const ROUND_TRIP_US = 20 * MS
const IN_GOOD_TIME_US = 1000 * MS

/** A session of a plane that exports its metrics. */
function exported(fields: Parameters<typeof orderPlaneConfig>[0] = {}) {
  const metrics = createOrderMetrics({
    instruments: [BTC, SPY],
    source: 'sim',
    maxSeries: 10_000,
    logger: createLogger({ service: 'test', destination: { write: () => undefined } }),
  })
  const session = new Session(fields)
  const plane = orderPlane.build({
    ...{ config: orderPlaneConfig(fields), instruments: [BTC, SPY], rates: session.rates, isSessionOpen, metrics },
    onApproved: () => undefined,
  })
  session.core = plane.core
  return {
    session: session.open().open(SPY.symbol),
    observe: plane.observe,
    async samples() {
      session.outputs.splice(0).forEach(plane.observe)
      const families = readExposition(await metrics.expose()).filter(
        ({ name, type }) => type !== 'gauge' || name === 'orders_open',
      )
      return new Map(
        families.flatMap(({ samples }) =>
          samples.map(({ name, labels, value }) => [JSON.stringify([name, labels]), { name, labels, value }] as const),
        ),
      )
    },
    async value(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
      const wanted = Object.entries(labels)
      const found = [...(await this.samples()).values()].filter(
        (sample) => sample.name === name && wanted.every(([label, value]) => sample.labels[label] === value),
      )
      return found.reduce((sum, sample) => sum + sample.value, 0)
    },
  }
}

const settle = (session: Session) => session.wait(ROUND_TRIP_US).settle()

/** How to provoke each rejection of the broker. */
const rejections: Readonly<Record<BrokerReject, (session: Session) => void>> = {
  would_cross: (session) => void session.intent('a', { limitPrice: '100.1', postOnly: true }),
  no_liquidity(session) {
    session.intent('a', { orderType: 'MARKET' })
    session.book([100, 5], [])
  },
  venue_refused(session) {
    session.intent('a')
    session.book([], [])
  },
}

/** How to provoke each reason to cancel a resting order. */
const cancellations: Readonly<Record<CancelReason, (session: Session) => void>> = {
  replaced: (session) => void session.cancel('a', 'replaced'),
  stale_market: (session) => void session.cancel('a', 'stale_market'),
  steps_unknown: (session) => void session.cancel('a', 'steps_unknown'),
  halted: (session) => void session.killSwitch(true),
  reducing: (session) => void session.command('reduce'),
  immediate_or_cancel: (session) =>
    void session.intent('b', { timeInForce: 'IOC', quantity: '6', limitPrice: '100.1' }),
  expired(session) {
    session.intent('b', { instrument: instrumentId(SPY) })
    session.wait(120_000 * MS)
  },
}

describe('the metrics of the order plane', () => {
  it.each(Object.entries(rejections))('count an order that the broker rejects once: %s', async (reason, act) => {
    const { session, value } = exportedFor(act)
    settle(session)
    expect(await value('orders_rejected_total', { reason })).toBe(1)
    expect(await value('orders_rejected_total')).toBe(1)
    expect(await value('orders_filled_total', { status: 'REJECTED', direction: 'BUY' })).toBe(1)
    expect(await value('orders_filled_total')).toBe(1)
    expect(await value('trading_orders_total', { status: 'rejected' })).toBe(1)
  })

  it.each(Object.entries(cancellations))('count an order that is cancelled: %s', async (reason, act) => {
    const { session, value } = exportedFor((of) => {
      of.intent('a')
      settle(of)
      act(of)
    })
    settle(session)
    expect(await value('orders_cancelled_total', { reason })).toBe(1)
    expect(await value('trading_orders_total', { status: 'cancelled' })).toBe(1)
  })

  it('count an intent that came twice as refused, for which there is no event', async () => {
    const { session, value } = exportedFor((of) => {
      of.intent('a')
      of.intent('a')
    })
    settle(session)
    expect(await value('orders_risk_rejections_total', { check_type: 'duplicate', strategy: 'OFI' })).toBe(1)
    const stage = 'risk'
    expect(await value('triplane_stage_refused_total', { stage, reason: 'duplicate' })).toBe(1)
    expect(await value('triplane_stage_in_total', { stage })).toBe(2)
    expect(await value('triplane_stage_out_total', { stage })).toBe(1)
  })

  it.each([
    { name: 'the quote currency', fee: '1.5', feeCurrency: undefined, usd: 1.5 },
    { name: 'the quote currency, named', fee: '1.5', feeCurrency: 'USD', usd: 1.5 },
    { name: 'the base, at the price of the fill', fee: '0.02', feeCurrency: BTC.base, usd: 2.004 },
    { name: 'a third currency, at its rate', fee: '0.01', feeCurrency: 'BNB', usd: 5.5125 },
  ])('have commission in US dollars, paid in $name', async ({ fee, feeCurrency, usd }) => {
    const plane = exported({ ratesToUsd: { USD: '1', BNB: '551.25' } })
    plane.observe(
      aFill({
        strategy: 'OFI',
        instrument: instrumentId(BTC),
        price: '100.2',
        fee,
        ...(feeCurrency && { feeCurrency }),
      }),
    )
    expect(await plane.value('orders_commission_total_usd', { symbol: BTC.symbol })).toBeCloseTo(usd, 9)
  })

  it('count as cut down what participation has cut down, not what is clipped to close', async () => {
    const clipped = exported()
    clipped.session.intent('long', { quantity: '2', limitPrice: '100.1' })
    settle(clipped.session)
    clipped.session.command('reduce')
    clipped.session.intent('close', { side: 'SELL', quantity: '5', limitPrice: '100' })
    settle(clipped.session)
    expect(clipped.session.brief()).toContain('fill 2 @ 100')
    expect(await clipped.value('orders_pov_downscales_total')).toBe(0)

    const capped = exported({ participation: { maxShareRatio: 0.0006 } })
    capped.session.intent('a')
    const approved = capped.session.outputs.find((event) => event.type === 'orderEvent' && event.state === 'approved')
    expect(approved).toMatchObject({ reason: 'participation', quantity: '0.6', requestedQuantity: '1' })
    expect(await capped.value('orders_pov_downscales_total')).toBe(1)
  })

  it('count an order that was lowered to what closes, for which there is no event', async () => {
    const { session, value } = exportedFor((of) => {
      of.intent('long', { quantity: '2', limitPrice: '100.1' })
      settle(of)
      of.intent('close', { side: 'SELL', quantity: '5', limitPrice: '100.2' })
      settle(of)
      of.command('reduce')
    })
    settle(session)
    expect(await value('orders_amendments_total', { outcome: 'amended' })).toBe(1)
    expect(await value('orders_amendments_total', { outcome: 'rejected' })).toBe(0)
    expect(await value('orders_cancelled_total')).toBe(0)
  })

  it('count fills that came after the end of their order', async () => {
    const { session, value } = exportedFor((of) => void of.intent('a'), { paper: { fillLatencyMs: 20 } })
    session.wait(10_000).settle()
    session.cancel('a')
    session.wait(4_000)
    session.trade(100, 5.4, 'sell')
    settle(session)
    expect(await value('orders_late_fills_total')).toBe(1)
  })

  it('are all there from the start: whatever happens, no series is added', async () => {
    const all = [...Object.values(rejections), ...Object.values(cancellations)]
    const entered = new Set<string>()
    for (const act of all) {
      const plane = exported()
      const before = await plane.samples()
      plane.session.intent('a')
      settle(plane.session)
      act(plane.session)
      plane.session.intent('taker', { limitPrice: '100.1', quantity: '0.5' })
      settle(plane.session).wait(IN_GOOD_TIME_US)
      plane.session.trade(99.9, 100, 'sell')
      settle(plane.session)
      for (const event of plane.session.outputs) if (event.type === 'orderEvent') entered.add(event.state)
      const after = await plane.samples()
      const added = [...after.keys()].filter((key) => !before.has(key) && !/nodejs|process/.test(key))
      expect(added).toEqual([])
    }
    expect([...entered].sort()).toEqual([...enteredStates].sort())
  })
})

function exportedFor(act: (session: Session) => void, fields: Parameters<typeof orderPlaneConfig>[0] = {}) {
  const plane = exported(fields)
  act(plane.session)
  return { session: plane.session, value: plane.value.bind(plane) }
}
