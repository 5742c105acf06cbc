import { createStateCheck, instrumentId, type Cross, type Fill, type OrderIntent } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import { fixed, formatFixed, MONEY_SCALE } from '@triplane/kernel'
import { sharesOfFill } from '@triplane/ledger'
import { aFill, aMark, aMarketStatus, anOrderEvent, aQuote, testStartUs, anInstrument } from '@triplane/testing'
import fc from 'fast-check'
import { follower } from '../../strategy/test/follower.ts'
import { strategyConfigOf } from './config.ts'
import { createStrategyCore } from './pipeline.ts'
import { strategySchemaOf, type StrategyOutput, type StrategySnapshot } from './strategy-plane-core.ts'

const btc = anInstrument()
const BTC = instrumentId(btc)

const strategies = [follower('A', (size) => Math.floor(size / 100)), follower('B', (size) => size % 100)]
const config = strategyConfigOf(strategies).parse({
  strategies: ['A', 'B'],
  strategyWeights: { B: 0.5 },
  startingCashUsd: '1000000',
  portfolio: { symbolLimitUsd: 10_000, grossLimitUsd: 150_000, netLimitUsd: 100_000 },
  intents: { minTradeUsd: 50, maxOrderUsd: 100_000, urgentTradeUsd: 100, minIntervalMs: 1 },
})
const rates = configuredRates(config.ratesToUsd)

function openPlane(snapshot?: StrategySnapshot) {
  const core = createStrategyCore(
    config,
    { instruments: [btc], rates, isSessionOpen: () => true, strategies },
    snapshot,
  )
  let seq = snapshot ? 1_000_000 : 0
  const at = (ms: number) => testStartUs + ms * 1000
  const take = (event: Parameters<typeof core.process>[0]) => {
    core.process({ ...event, seq: ++seq })
    return core.outbox.drain()
  }
  if (!snapshot) take(aMarketStatus({ tsRecvUs: testStartUs, status: 'book_valid' }))
  const plane = {
    core,
    take,
    /** Fills every order until none is left; gives all outputs. */
    settle(events: readonly StrategyOutput[], ms: number): StrategyOutput[] {
      const intent = intentIn(events)
      return [...events, ...(intent ? plane.settle(plane.fillOf(intent, ms), ms + 10) : [])]
    },
    /** Both strategies give an opinion, in percent. */
    hold: (ms: number, a: number, b: number, bid = 100) => [
      ...take(aMark({ tsRecvUs: at(ms), price: bid + 0.05, ageUs: 0 })),
      ...take(aQuote({ tsRecvUs: at(ms), bid, ask: bid + 0.1, bidSize: (a / 2 + 50) * 100 + b / 2 + 50 })),
    ],
    fillOf({ intentId, strategy, side, quantity, limitPrice = '1', shares }: OrderIntent, ms: number, part = 1) {
      const units = BigInt(Math.max(1, Math.floor(Number(fixed(quantity, 3)) * part)))
      const signed = side === 'BUY' ? units : -units
      const fill: Fill = aFill({
        effectUs: at(ms),
        fillId: `${intentId}/1`,
        intentId,
        strategy,
        side,
        quantity: formatFixed(units, 3),
        price: limitPrice,
        fee: '0.01',
        ...(shares && { shares: sharesOfFill(signed * 100_000n, shares, 8) ?? [] }),
      })
      return [
        ...take(fill),
        ...take(
          anOrderEvent({
            effectUs: at(ms),
            intentId,
            strategy,
            side,
            state: 'cancelled',
            quantity,
            filledQuantity: fill.quantity,
          }),
        ),
      ]
    },
    held: () =>
      Object.fromEntries(
        [...core.snapshot().ledger.positions].flatMap(({ parts, quantityScale }) =>
          parts.map(({ strategy, quantity }) => [strategy, formatFixed(BigInt(quantity), quantityScale)]),
        ),
      ),
  }
  return plane
}

const intentIn = (events: readonly StrategyOutput[]) =>
  events.find((event): event is OrderIntent => event.type === 'orderIntent')
const crossIn = (events: readonly StrategyOutput[]) => events.find((event): event is Cross => event.type === 'cross')

describe('two strategies on one instrument', () => {
  it('have one order, of which each has the share that it wants', () => {
    const plane = openPlane()
    const events = plane.hold(10, 60, 40)
    expect(events.filter(({ type }) => type === 'signal')).toMatchObject([
      { strategy: 'A', strength: 0.6 },
      { strategy: 'B', strength: 0.4 },
    ])
    const first = intentIn(events)
    // A decides first, and has an order of its own before B has decided.
    expect(first).toMatchObject({ strategy: 'A', side: 'BUY' })
    if (!first) return
    const second = intentIn(plane.fillOf(first, 20, 0.5))
    expect(second).toMatchObject({ strategy: 'NET', side: 'BUY' })
    expect(second?.intentId).toMatch(/^NET-\d+$/)
    const shares = second?.shares ?? []
    expect(shares.map(({ strategy }) => strategy)).toEqual(['A', 'B'])
    expect(shares.reduce((sum, { quantity }) => sum + fixed(quantity, 3), 0n)).toBe(fixed(second?.quantity ?? '', 3))
  })

  it('trade only what they want together; the rest crosses at the price of the fill', () => {
    const plane = openPlane()
    plane.settle(plane.hold(10, 60, 50), 20)
    const before = plane.held()
    const events = plane.settle(plane.hold(3000, 60, -100), 3010)
    // B turned short, which gave A its share of the limits back.
    expect(events.filter(({ type }) => type === 'orderIntent')).toMatchObject([{ side: 'SELL' }])
    const after = plane.held()
    expect([before, after].map(({ A }) => Math.round(Number(A)))).toEqual([60, 60])
    expect(Math.round(Number(after['B']))).toBe(-50)
    const summary = plane.core.summary()
    const total = (amount: 'realizedUsd' | 'unrealizedUsd') =>
      summary.strategies.reduce((sum, strategy) => sum + strategy[amount], 0n)
    expect([total('realizedUsd'), total('unrealizedUsd')]).toEqual([
      summary.account.realizedUsd,
      summary.account.unrealizedUsd,
    ])
  })

  it('cross at the mark where together they want nothing, and no order is sent', () => {
    const plane = openPlane()
    // A is 40 long and B 40 short before anything fills: together they want nothing.
    const [first] = [intentIn(plane.hold(10, 40, -80))]
    expect(first).toMatchObject({ strategy: 'A', side: 'BUY' })
    if (!first) return
    const denied = { ...first, state: 'denied' as const, filledQuantity: '0', effectUs: testStartUs + 20_000 }
    const events = plane.take(anOrderEvent({ ...denied, type: 'orderEvent', quantity: first.quantity }))
    expect(intentIn(events)).toBeUndefined()
    expect(crossIn(events)).toMatchObject({
      instrument: BTC,
      price: '100.05',
      shares: [
        { strategy: 'A', quantity: '39.98' },
        { strategy: 'B', quantity: '-39.98' },
      ],
    })
    expect(plane.held()).toEqual({ A: '39.98', B: '-39.98' })
    expect(plane.core.summary().account).toMatchObject({ grossUsd: 0n, realizedUsd: 0n, unrealizedUsd: 0n })
    expect(crossIn(plane.hold(3000, 40, -80))).toBeUndefined()
  })

  it('are saved each as its own schema has it, and refused where they do not fit', () => {
    const plane = openPlane()
    plane.hold(10, 60, 40)
    const snapshot = plane.core.snapshot()
    const check = createStateCheck(strategySchemaOf(strategies), '/core')
    expect(check(snapshot)).toBeUndefined()
    expect(snapshot.strategies).toEqual([
      { name: 'A', state: { strength: 0.6 }, tuned: '{}', suspendedWhy: null, warmUp: [] },
      { name: 'B', state: { strength: 0.4 }, tuned: '{}', suspendedWhy: null, warmUp: [] },
    ])
    const spoilt = {
      ...snapshot,
      strategies: [{ name: 'A', state: { strength: 'x' }, tuned: '{}', suspendedWhy: null, warmUp: [] }],
    }
    expect(() => openPlane(spoilt)).toThrow('/A/strength')
    expect(
      openPlane(snapshot)
        .hold(20, 60, 40)
        .filter(({ type }) => type === 'signal'),
    ).toEqual([])
  })

  it('have parts that sum to the account, whatever they want and whatever is filled', () => {
    const targets = fc.array(
      fc.record({
        a: fc.integer({ min: -100, max: 100 }),
        b: fc.integer({ min: -100, max: 100 }),
        bid: fc.integer({ min: 900, max: 1100 }).map((ticks) => ticks / 10),
        part: fc.double({ min: 0.01, max: 1, noNaN: true }),
      }),
      { minLength: 1, maxLength: 25 },
    )
    fc.assert(
      fc.property(targets, (steps) => {
        const plane = openPlane()
        steps.forEach(({ a, b, bid, part }, i) => {
          let intent = intentIn(plane.hold(10 + i * 100, a, b, bid))
          for (let n = 0; intent && n < 3; n++) intent = intentIn(plane.fillOf(intent, 20 + i * 100 + n * 10, part))
          const { account, strategies: made } = plane.core.summary()
          const sum = (amount: 'realizedUsd' | 'unrealizedUsd' | 'feesUsd') =>
            made.reduce((all, strategy) => all + strategy[amount], 0n)
          expect([sum('realizedUsd'), sum('unrealizedUsd'), sum('feesUsd')]).toEqual([
            account.realizedUsd,
            account.unrealizedUsd,
            account.feesUsd,
          ])
          const held = made.flatMap(({ positions }) => positions).reduce((all, { quantity }) => all + quantity, 0n)
          expect(held).toBe(account.positions[0]?.position.quantity ?? 0n)
          expect(account.equityUsd - fixed('1000000', MONEY_SCALE)).toBe(account.realizedUsd + account.unrealizedUsd)
        })
      }),
      { numRuns: 60 },
    )
  })
})

it('gives up what a strategy held that does not run any more', () => {
  const plane = openPlane()
  const first = intentIn(plane.hold(10, 60, 0))
  if (first) plane.fillOf(first, 20)
  const snapshot = plane.core.snapshot()
  const alone = { ...config, strategies: ['B'] }
  const core = createStrategyCore(
    alone,
    { instruments: [btc], rates, isSessionOpen: () => true, strategies },
    { ...snapshot, strategies: snapshot.strategies.slice(1) },
  )
  core.process(aQuote({ seq: 1, tsRecvUs: testStartUs + 3_000_000, bid: 100, ask: 100.1, bidSize: 75 }))
  expect(intentIn(core.outbox.drain())).toMatchObject({ side: 'SELL', strategy: 'NET' })
})
