import { instrumentId, type Instrument, type Fill, type OrderEvent } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import {
  aFill,
  aMark,
  aMarketStatus,
  anOfi,
  anOperatorCommand,
  anOrderEvent,
  aQuote,
  aTrade,
  testStartUs,
  anInstrument,
} from '@triplane/testing'
import { strategyConfigSchema } from './config.ts'
import { createStrategyCore } from './pipeline.ts'
import { type StrategyInput, type StrategyOutput, type StrategySnapshot } from './strategy-plane-core.ts'

const btc = anInstrument()
const config = strategyConfigSchema.parse({
  startingCashUsd: '1000000',
  ofi: {
    horizonMs: 1000,
    stepMs: 100,
    deviationHorizonMs: 10_000,
    warmUpMs: 0,
    deadBandDeviations: 0.5,
    minChange: 0.1,
  },
  portfolio: { symbolLimitUsd: 50_000, grossLimitUsd: 150_000, netLimitUsd: 100_000 },
  intents: { minTradeUsd: 500, maxOrderUsd: 20_000, urgentTradeUsd: 10_000 },
  killSwitches: { confirmations: 2, drawdownLimitRatio: 0.1, lossLimitUsd: 1000, silenceLimitMs: 3000 },
})
const rates = configuredRates(config.ratesToUsd)

/** A core whose book is valid, and its inputs, numbered as each producer would. Times are milliseconds after the start. */
function openPlane({
  isSessionOpen = () => true,
  snapshot,
}: { isSessionOpen?: () => boolean; snapshot?: StrategySnapshot } = {}) {
  const core = createStrategyCore(config, { instruments: [btc], rates, isSessionOpen }, snapshot)
  let seq = 0
  const at = (ms: number) => testStartUs + ms * 1000
  const take = (event: StrategyInput) => {
    core.process({ ...event, seq: ++seq })
    return core.outbox.drain()
  }
  if (!snapshot) take(aMarketStatus({ tsRecvUs: testStartUs, status: 'book_valid' }))
  return {
    core,
    take,
    /** A quote and its mark. */
    quote: (ms: number, bid = 50_000) => [
      ...take(aQuote({ tsRecvUs: at(ms), bid, ask: bid + 0.2 })),
      ...take(aMark({ tsRecvUs: at(ms), price: bid + 0.1, ageUs: 0 })),
    ],
    mark: (ms: number, price: number, ageMs: number) =>
      take(aMark({ tsRecvUs: at(ms), price, kind: 'book', ageUs: ageMs * 1000 })),
    ofi: (ms: number, value: number, sentMs?: number) =>
      take(anOfi({ tsRecvUs: at(ms), value, depth: 2, ...(sentMs !== undefined && { tsEventUs: at(sentMs) }) })),
    status: (
      ms: number,
      status: 'disconnected' | 'book_invalid' | 'book_valid' | 'late' | 'on_time',
      instrument: 'BTC/USDT@sim' | undefined = 'BTC/USDT@sim',
    ) => {
      const { instrument: _, ...every } = aMarketStatus({ tsRecvUs: at(ms), status })
      return take(instrument ? { ...every, instrument } : every)
    },
    order: (ms: number, state: OrderEvent['state'], fields: Partial<OrderEvent> = {}) =>
      take(anOrderEvent({ effectUs: at(ms), state, ...fields })),
    /** A fill of a named order; else of one that the order plane has told of. */
    fill: (ms: number, fields: Partial<Fill>) => {
      if (fields.intentId === undefined) take(anOrderEvent({ effectUs: at(ms), state: 'filled' }))
      return take(aFill({ effectUs: at(ms), intentId: anOrderEvent().intentId, ...fields }))
    },
    command: (ms: number, command: 'halt' | 'reduce' | 'resume' | 'rearm') =>
      take(anOperatorCommand({ effectUs: at(ms), command })),
    advance: (ms: number) => {
      core.advance(at(ms))
      return core.outbox.drain()
    },
  }
}

/** Leaves an order resting that buys the last 0.133 of a target; gives its id. */
function restOrder(plane: ReturnType<typeof openPlane>): string {
  plane.quote(0)
  plane.ofi(10, 4)
  plane.fill(600, { intentId: 'OFI-3', side: 'BUY', quantity: '0.2', price: '50000.2' })
  const filled = { quantity: '0.333', filledQuantity: '0.2' }
  const [resting] = plane.order(600, 'cancelled', { intentId: 'OFI-3', ...filled })
  if (resting?.type !== 'orderIntent' || resting.timeInForce !== 'GTC') throw new Error('Expected an order that rests')
  plane.order(610, 'acknowledged', { intentId: resting.intentId, quantity: '0.133', filledQuantity: '0' })
  return resting.intentId
}

const typesOf = (events: readonly StrategyOutput[]) => events.map((event) => event.type)

describe('the life of a decision', () => {
  it('goes from flow to signal, target and intent, at the time of its cause', () => {
    const plane = openPlane()
    plane.quote(0)
    const decision = plane.ofi(10, 4)
    expect(decision).toMatchObject([
      { type: 'signal', seq: 1, instrument: 'BTC/USDT@sim', strength: 1 / 3, direction: 'BUY' },
      { type: 'targetPortfolio', seq: 2, targets: [{ strategy: 'OFI', instrument: 'BTC/USDT@sim' }], scale: 1 },
      { type: 'orderIntent', seq: 3, intentId: 'OFI-3', side: 'BUY', timeInForce: 'IOC', limitPrice: '50000.7' },
    ])
    expect(decision.map((event) => event.effectUs)).toEqual(Array(3).fill(testStartUs + 10_000))
  })

  it('takes flow that arrives in one lump for what it was when it was sent', () => {
    const flow = Array.from({ length: 30 }, (_, i) => (i % 3) - 1 + (i > 20 ? 1 : 0))
    const strengths = (receivedMs: (sentMs: number) => number, hasTime: boolean) => {
      const plane = openPlane()
      plane.quote(0)
      return flow.flatMap((value, i) => {
        const said = plane.ofi(receivedMs(100 * i), value, hasTime ? 100 * i : undefined)
        return said.flatMap((event) => (event.type === 'signal' ? [event.strength] : []))
      })
    }
    const asSent = strengths((ms) => ms, true)
    const lumped = (ms: number) => Math.max(ms, 1900 < ms && ms < 2500 ? 2500 : ms)
    expect(asSent.length).toBeGreaterThan(3)
    expect(strengths(lumped, true)).toEqual(asSent)
    expect(strengths(lumped, false)).not.toEqual(asSent)
  })

  it('sends the next order as soon as the one before has ended', () => {
    const plane = openPlane()
    plane.quote(0)
    plane.ofi(10, 4)
    plane.fill(600, { intentId: 'OFI-3', side: 'BUY', quantity: '0.2', price: '50000.2' })
    expect(
      plane.order(600, 'cancelled', { intentId: 'OFI-3', quantity: '0.333', filledQuantity: '0.2' }),
    ).toMatchObject([{ type: 'orderIntent', quantity: '0.133', timeInForce: 'GTC', limitPrice: '50000' }])
  })

  it.each(['disconnected', 'book_invalid'] as const)('goes flat and orders nothing when the market is %s', (status) => {
    const plane = openPlane()
    plane.quote(0)
    plane.ofi(10, 4)
    plane.fill(20, { intentId: 'OFI-3', side: 'BUY', quantity: '0.333', price: '50000.2' })
    plane.order(20, 'filled', { intentId: 'OFI-3', quantity: '0.333', filledQuantity: '0.333' })
    const everyInstrumentOfTheSource = status === 'disconnected' ? undefined : 'BTC/USDT@sim'
    expect(plane.status(900, status, everyInstrumentOfTheSource)).toMatchObject([
      { type: 'signal', strength: 0, direction: 'FLAT' },
      { type: 'targetPortfolio', targets: [] },
    ])
    expect(typesOf(plane.advance(1000))).toEqual(['portfolioState'])
    plane.status(1500, 'book_valid')
    plane.quote(1600)
    expect(plane.advance(2000)).toMatchObject([
      { type: 'portfolioState' },
      { type: 'orderIntent', side: 'SELL', quantity: '0.333', reduceOnly: true },
    ])
  })

  it('minds a disconnect of its own venue only, though one source feeds both', () => {
    const perpetual: Instrument = { ...btc, symbol: 'BTC/USDT:USDT', venue: 'binance_usdm' }
    const core = createStrategyCore(config, { instruments: [btc, perpetual], rates, isSessionOpen: () => true })
    const take = (event: StrategyInput) => {
      core.process(event)
      return core.outbox.drain()
    }
    let seq = 0
    for (const instrument of [btc, perpetual].map(instrumentId)) {
      const market = { instrument, tsRecvUs: testStartUs }
      take(aMarketStatus({ ...market, seq: ++seq, status: 'book_valid' }))
      take(aQuote({ ...market, seq: ++seq }))
      take(anOfi({ ...market, seq: ++seq, value: 4, depth: 2 }))
    }
    const { instrument: _, ...disconnect } = aMarketStatus({
      seq: ++seq,
      tsRecvUs: testStartUs + 10,
      status: 'disconnected',
    })
    const strengthOf = (id: string) =>
      [core.snapshot().strategies[0]?.state].flat().find((of) => (of as { instrument: string }).instrument === id)
    const before = strengthOf(instrumentId(perpetual))
    expect(take({ ...disconnect, venue: 'sim' })).toMatchObject([
      { type: 'signal', instrument: instrumentId(btc), strength: 0 },
      { type: 'targetPortfolio', targets: [{ instrument: instrumentId(perpetual) }] },
    ])
    expect(core.snapshot().instruments.map(({ id, isQuoted }) => [id, isQuoted])).toEqual([
      [instrumentId(btc), false],
      [instrumentId(perpetual), true],
    ])
    expect(strengthOf(instrumentId(perpetual))).toEqual(before)
  })

  it('takes back what opens and orders nothing while the market is late, then warms up anew', () => {
    const plane = openPlane()
    plane.quote(0)
    plane.ofi(10, 2)
    plane.order(20, 'cancelled', { intentId: 'OFI-3', quantity: '0.333', filledQuantity: '0' })
    const [resting] = plane.ofi(700, -4).filter(({ type }) => type === 'orderIntent')
    expect(resting).toBeDefined()
    plane.order(710, 'cancelled', { intentId: resting?.type === 'orderIntent' ? resting.intentId : '' })
    expect(plane.status(900, 'late')).toMatchObject([
      { type: 'signal', strength: 0, direction: 'FLAT' },
      { type: 'targetPortfolio', targets: [] },
    ])
    expect(typesOf([...plane.ofi(1100, 8), ...plane.advance(2000)])).toEqual(['portfolioState', 'portfolioState'])
    expect(plane.status(2100, 'on_time')).toEqual([])
    plane.quote(2150)
    expect(plane.ofi(2200, 4)).toMatchObject([
      { type: 'signal', strength: 1 / 3, direction: 'BUY' },
      { type: 'targetPortfolio' },
      { type: 'orderIntent', side: 'BUY' },
    ])
  })

  it('takes everything back and orders nothing while the steps are unknown, then orders in those that are known', () => {
    let plane = openPlane()
    const intentId = restOrder(plane)
    const steps = (status: 'steps_unknown' | 'steps_known', change = {}) =>
      aMarketStatus({ tsRecvUs: testStartUs + 700_000, status, ...change })
    expect(plane.take(steps('steps_unknown'))).toMatchObject([
      { type: 'cancelIntent', intentId, reason: 'steps_unknown' },
    ])
    plane.order(710, 'cancelled', { intentId, quantity: '0.133', filledQuantity: '0' })
    plane = openPlane({ snapshot: plane.core.snapshot() })
    plane.quote(1150, 50_000.04)
    const halted = [...plane.ofi(1200, 8), ...plane.advance(2000)]
    expect(typesOf(halted)).toContain('targetPortfolio')
    expect(typesOf(halted)).not.toContain('orderIntent')

    const finer = { tickSize: '0.01', lotSize: '0.0000001', minNotional: '5' }
    plane.take(steps('steps_known', { tsRecvUs: testStartUs + 2_100_000, ...finer }))
    plane = openPlane({ snapshot: plane.core.snapshot() })
    const ordered = [...plane.quote(2150, 50_000.04), ...plane.advance(3000)].find(({ type }) => type === 'orderIntent')
    expect(ordered).toMatchObject({
      quantity: expect.stringMatching(/^0\.\d{6,7}$/),
      limitPrice: expect.stringMatching(/^50000\.\d[1-9]$/),
    })
  })

  it('takes back what rests in other steps than those that are known', () => {
    const plane = openPlane()
    const intentId = restOrder(plane)
    const coarser = { tickSize: '1', lotSize: '0.01', minNotional: '10' }
    const event = aMarketStatus({ tsRecvUs: testStartUs + 700_000, status: 'steps_known', ...coarser })
    expect(plane.take(event)).toMatchObject([{ type: 'cancelIntent', intentId, reason: 'replaced' }])
  })

  it('orders nothing on an old quote, however many trades there are', () => {
    const plane = openPlane()
    plane.quote(0)
    plane.ofi(10, 4)
    plane.order(20, 'cancelled', { intentId: 'OFI-3', quantity: '0.333', filledQuantity: '0' })
    expect(typesOf(plane.advance(1000))).toContain('orderIntent')
    plane.order(1100, 'cancelled', { intentId: 'OFI-5', quantity: '0.333', filledQuantity: '0' })
    plane.advance(5010)
    const said: StrategyOutput[] = []
    for (let ms = 5100; ms < 20_000; ms += 100) said.push(...plane.take(aTrade({ tsRecvUs: testStartUs + ms * 1000 })))
    expect(new Set(typesOf(said))).toEqual(new Set(['portfolioState']))
  })

  it('orders nothing before the book is valid', () => {
    const core = createStrategyCore(config, { instruments: [btc], rates, isSessionOpen: () => true })
    core.process(aQuote({ seq: 1, tsRecvUs: testStartUs }))
    core.process(anOfi({ seq: 2, tsRecvUs: testStartUs + 10_000, value: 4 }))
    expect(typesOf(core.outbox.drain())).toEqual(['signal', 'targetPortfolio'])
  })

  it('orders nothing outside the session', () => {
    const plane = openPlane({ isSessionOpen: () => false })
    plane.quote(0)
    expect(typesOf(plane.ofi(10, 4))).toEqual(['signal', 'targetPortfolio'])
  })

  it('ignores instruments and venues that are not its own', () => {
    const plane = openPlane()
    plane.quote(0)
    expect(plane.take(anOfi({ instrument: 'ETH/USDT@sim', tsRecvUs: testStartUs, value: 4 }))).toEqual([])
    expect(plane.take(anOfi({ instrument: 'BTC/USDT@binance_spot', tsRecvUs: testStartUs, value: 4 }))).toEqual([])
  })
})

describe('evaluations', () => {
  it('publishes the portfolio at whole seconds after the first input', () => {
    const plane = openPlane()
    plane.quote(300)
    expect(plane.core.nextDueUs()).toBe(testStartUs + 1_000_000)
    expect(plane.quote(2000).map((event) => event.effectUs)).toEqual([testStartUs + 1_000_000])
    expect(plane.advance(2000).map((event) => event.effectUs)).toEqual([testStartUs + 2_000_000])
  })

  it('is not due before the first input', () => {
    expect(createStrategyCore(config, { instruments: [btc], rates, isSessionOpen: () => true }).nextDueUs()).toBe(
      Infinity,
    )
  })

  it('comes after data and before orders of its microsecond', () => {
    const plane = openPlane()
    plane.quote(300)
    expect(plane.quote(1000)).toEqual([])
    expect(typesOf(plane.order(1000, 'received'))).toEqual(['portfolioState'])
  })

  it('values what was booked at the newest mark, whatever was quoted', () => {
    const plane = openPlane()
    plane.quote(0)
    plane.fill(10, { side: 'SELL', quantity: '0.5', price: '50000', fee: '12.5' })
    plane.mark(15, 49_000.1, 5)
    plane.take(aQuote({ tsRecvUs: testStartUs + 20_000, bid: 10, ask: 11 }))
    expect(plane.advance(1000)).toMatchObject([
      {
        equityUsd: '1000487.45', // 25000 - 0.5 * 49000.1 - 12.5
        unrealizedUsd: '499.95',
        feesUsd: '12.5',
        grossUsd: '24500.05',
        netUsd: '-24500.05',
        positions: [
          { instrument: 'BTC/USDT@sim', quantity: '-0.5', costBasis: '-25000', mark: 49_000.1, markAgeUs: 990_000 },
        ],
      },
    ])
    expect(plane.core.summary().account.positions).toHaveLength(1)
  })
})

it('books a fill of any age once, of whatever order it is that the order plane told of', () => {
  const plane = openPlane()
  plane.quote(0)
  plane.order(5, 'cancelled', { intentId: 'lost' })
  const fill = {
    fillId: 'lost-1',
    intentId: 'lost',
    side: 'BUY',
    quantity: '0.5',
    price: '50000',
    isLate: true,
  } as const
  for (const ms of [10, 20, 90_000_000]) plane.fill(ms, fill)
  plane.fill(90_000_001, { ...fill, fillId: 'lost-2' })
  expect(plane.core.summary().account.positions).toMatchObject([{ position: { quantity: 100_000_000n } }])
})

describe('a mark that gets old', () => {
  it('values what is held all the same, and is said to be stale beyond its limit', () => {
    const plane = openPlane()
    plane.quote(0)
    plane.fill(10, { side: 'BUY', quantity: '0.5', price: '50000', fee: '0' })
    plane.mark(900, 49_900, 100)
    const states = plane.advance(12_000).filter((event) => event.type === 'portfolioState')
    const position = (s: number) => states[s - 1]?.positions[0]
    expect(position(10)).toMatchObject({ mark: 49_900, unrealizedUsd: '-50', markAgeUs: 9_200_000 })
    expect(position(10)?.isMarkStale).toBeUndefined()
    expect(position(11)).toMatchObject({ mark: 49_900, unrealizedUsd: '-50', markAgeUs: 10_200_000, isMarkStale: true })
  })

  it('does not make an instrument fresh', () => {
    const plane = openPlane()
    plane.quote(0)
    plane.mark(3900, 50_000, 3900)
    expect(typesOf(plane.advance(4000))).toContain('killSwitch')
  })
})

it('knows a source whose quotes alone have died by its marks, and trips when they only get older', () => {
  const plane = openPlane()
  plane.quote(0)
  for (let ms = 1000; ms <= 10_000; ms += 1000) {
    expect(typesOf([...plane.advance(ms - 1), ...plane.mark(ms, 50_000, 100)])).not.toContain('killSwitch')
  }
  for (let ms = 11_000; ms <= 13_000; ms += 1000) {
    expect(typesOf([...plane.advance(ms - 1), ...plane.mark(ms, 50_000, ms - 9_900)])).not.toContain('killSwitch')
  }
  expect(typesOf([...plane.advance(14_000)])).toContain('killSwitch')
})

it('is read as often as one likes, and nothing changes', () => {
  const run = (reads: boolean) => {
    const plane = openPlane()
    const outputs: StrategyOutput[] = []
    const steps = [
      () => plane.quote(0),
      () => plane.ofi(10, 4),
      () => plane.fill(600, { intentId: 'OFI-3', side: 'BUY', quantity: '0.2', price: '50000' }),
      () => plane.take(aQuote({ tsRecvUs: testStartUs + 700_000, bid: 40_000, ask: 40_001 })),
      () => plane.advance(2000),
      () => plane.mark(2500, 49_000, 10),
      () => plane.advance(4000),
    ]
    for (const step of steps) {
      outputs.push(...step())
      for (let i = 0; reads && i < 3; i++) void plane.core.summary()
    }
    return { outputs, state: plane.core.snapshot() }
  }
  expect(run(true)).toEqual(run(false))
})

describe('kill switches', () => {
  /** Loses 1,500 USD, more than the limit of 1,000. */
  function losingPlane() {
    const plane = openPlane()
    plane.quote(0)
    plane.fill(10, { side: 'BUY', quantity: '0.5', price: '50000', fee: '0' })
    plane.quote(20, 47_000)
    return plane
  }

  it('halts after confirmed losses: no targets, no intents, resting orders cancelled', () => {
    const plane = openPlane()
    plane.quote(0)
    plane.ofi(10, 4)
    plane.fill(600, { intentId: 'OFI-3', side: 'BUY', quantity: '0.2', price: '50000', fee: '0' })
    plane.order(600, 'cancelled', { intentId: 'OFI-3', quantity: '0.333', filledQuantity: '0.2' })
    plane.quote(700, 44_000)
    expect(typesOf(plane.advance(1000))).toEqual(['portfolioState'])
    expect(plane.advance(2000)).toMatchObject([
      { type: 'portfolioState' },
      { type: 'killSwitch', switchType: 'pnl', active: true, limit: 1000 },
      { type: 'targetPortfolio', targets: [], grossUsd: 0, netUsd: 0, scale: 0 },
      { type: 'cancelIntent', intentId: 'OFI-4', reason: 'halted' },
    ])
    expect(typesOf(plane.ofi(2010, -40))).toEqual(['signal'])
    expect(plane.core.summary().switches.pnl).toEqual({ active: true, distanceRatio: 1 })
  })

  it('re-arms on command and trips again while the cause persists', () => {
    const plane = losingPlane()
    plane.advance(2000)
    expect(plane.command(2100, 'rearm')).toMatchObject([
      { type: 'killSwitch', switchType: 'pnl', active: false },
      { type: 'targetPortfolio' },
      { type: 'orderIntent', side: 'SELL', reduceOnly: true },
    ])
    expect(typesOf(plane.advance(4000))).toContain('killSwitch')
  })

  it('does not take resume for rearm', () => {
    const plane = losingPlane()
    plane.advance(2000)
    expect(plane.command(2100, 'resume')).toEqual([])
  })

  it('trips when an instrument falls silent', () => {
    const plane = openPlane()
    plane.quote(0)
    expect(typesOf(plane.advance(3000))).not.toContain('killSwitch')
    expect(plane.advance(4000)).toMatchObject([
      { type: 'portfolioState' },
      { type: 'killSwitch', switchType: 'stale_data', value: 4000 },
      { type: 'targetPortfolio' },
    ])
  })

  it('is not silent while a backlog comes, though that is older than the limit', () => {
    const plane = openPlane()
    plane.quote(0)
    plane.advance(3000)
    plane.quote(500)
    expect(typesOf(plane.advance(6000))).not.toContain('killSwitch')
    expect(typesOf(plane.advance(8000))).toContain('killSwitch')
  })

  it('trades again when a minute of data has come since it fell silent, unless a source is down', () => {
    const plane = openPlane()
    plane.quote(0)
    plane.ofi(10, 4)
    expect(typesOf(plane.advance(5000))).toContain('killSwitch')
    const connected = aMarketStatus({ status: 'connected', tsRecvUs: testStartUs + 9_000_000 })
    const quotes = (fromS: number, toS: number) => {
      const said: StrategyOutput[] = []
      for (let s = fromS; s <= toS; s++) said.push(...plane.advance(s * 1000 - 1), ...plane.quote(s * 1000))
      return said.filter(({ type }) => type !== 'portfolioState')
    }
    plane.take({ ...connected, status: 'disconnected' })
    expect(quotes(10, 100)).toEqual([])
    plane.take({ ...connected, tsRecvUs: testStartUs + 100_500_000 })
    expect(quotes(101, 161)).toEqual([])
    expect(quotes(162, 162)).toMatchObject([
      { type: 'killSwitch', switchType: 'stale_data', active: false, isSelfReleased: true },
      { type: 'targetPortfolio' },
    ])
    expect(plane.core.snapshot().switches.staleDataRelease).toEqual({
      healthySinceUs: null,
      isLatched: false,
      releasesUs: [testStartUs + 161_000_000],
    })
  })

  it('halts at once when the operator says so, until resumed', () => {
    const plane = openPlane()
    plane.quote(0)
    expect(plane.command(5, 'halt')).toMatchObject([
      { type: 'killSwitch', switchType: 'manual', active: true, why: 'ada: exercise' },
      { type: 'targetPortfolio', targets: [] },
    ])
    expect(plane.command(6, 'halt')).toEqual([])
    expect(typesOf(plane.ofi(10, 4))).toEqual(['signal'])
    expect(typesOf(plane.command(20, 'resume'))).toEqual(['killSwitch', 'targetPortfolio', 'orderIntent'])
  })

  it('re-arms no earlier than it halted, also by a command from a plane whose market time is behind', () => {
    const plane = openPlane()
    plane.quote(0)
    const switches = [...plane.command(20, 'halt'), ...plane.command(5, 'resume')].filter(
      ({ type }) => type === 'killSwitch',
    )
    const at = (ms: number) => testStartUs + ms * 1000
    expect(switches).toMatchObject([
      { active: true, effectUs: at(20) },
      { active: false, effectUs: at(20) },
    ])
  })

  it('takes a command from before any market time, and starts no evaluations by it', () => {
    const core = createStrategyCore(config, { instruments: [btc], rates, isSessionOpen: () => true })
    core.process(anOperatorCommand({ effectUs: 0, command: 'halt' }))
    expect(core.nextDueUs()).toBe(Infinity)
    expect(core.outbox.drain()).toMatchObject([{ type: 'killSwitch', active: true }, { type: 'targetPortfolio' }])
  })

  it('opens nothing while reducing', () => {
    const plane = openPlane()
    plane.quote(0)
    plane.command(5, 'reduce')
    expect(typesOf(plane.ofi(10, 4))).toEqual(['signal', 'targetPortfolio'])
    plane.command(20, 'resume')
    expect(typesOf(plane.advance(1000))).toEqual(['portfolioState', 'orderIntent'])
  })
})

it('refuses to be saved with events that nobody took', () => {
  const { core } = openPlane()
  core.process(aQuote({ seq: 1 }))
  core.advance(testStartUs + 1_000_000)
  expect(() => core.snapshot()).toThrow(/drained before a snapshot/)
})
