import { createStateCheck, field, instrumentId, stateSchema } from '@triplane/contracts'

import { configuredRates } from '@triplane/instruments'
import {
  aMark,
  aMarketStatus,
  anOperatorCommand,
  anOrderEvent,
  aQuote,
  aTuning,
  testStartUs,
  anInstrument,
} from '@triplane/testing'
import { z } from 'zod'
import { defineStrategy } from '../../strategy/test/define-strategy.ts'
import { tunedNotice, type StrategyNotice } from './active-strategy.ts'
import { strategyConfigOf } from './config.ts'
import type { LedgerNotice } from './ledger-notice.ts'
import { createStrategyCore } from './pipeline.ts'
import { strategySchemaOf, type StrategyOutput, type StrategySnapshot } from './strategy-plane-core.ts'

const btc = anInstrument()
const BTC = instrumentId(btc)

/** Wrong decisions of a strategy, by the bid size that triggers them. */
const mischief: Readonly<Record<number, () => unknown>> = {
  601: () => {
    throw new Error('lost the thread')
  },
  602: () => [{ type: 'opinion', instrument: BTC, strength: 1.5 }],
  603: () => [{ type: 'opinion', instrument: BTC, strength: NaN }],
  604: () => [{ type: 'opinion', instrument: 'DOGE/USDT@sim', strength: 1 }],
  605: () => [{ type: 'orders', instrument: BTC, orders: [] }],
  606: () => undefined,
  // What comes before it is dropped too.
  607: () => [
    { type: 'opinion', instrument: BTC, strength: -1 },
    { type: 'opinion', instrument: BTC, strength: -2 },
  ],
}

/** Targets the bid size, in percent, times a factor; counts its events. */
const follower = defineStrategy({
  name: 'A',
  doc: 'Does what a test says.',
  parameters: z
    .strictObject({ factor: z.number().min(0).max(1).default(1), isShy: z.boolean().default(false) })
    .prefault({}),
  inputs: { events: ['quote'] },
  state: stateSchema({ strength: field.real, heard: field.count }),
  create({ parameters: { factor, isShy } }, saved) {
    let { strength, heard } = saved ?? { strength: 0, heard: 0 }
    if (isShy && heard > 0) throw new Error('shy of strangers')
    return {
      on(event) {
        if (event.type !== 'quote') return []
        heard++
        const misdeed = mischief[event.bidSize]
        if (misdeed) return misdeed() as never
        const said = (event.bidSize / 100) * factor
        if (said === strength) return []
        strength = said
        return [{ type: 'opinion', instrument: event.instrument, strength }]
      },
      snapshot: () => ({ strength, heard }),
    }
  },
})

/** Requests the largest bid it may, at the bid of each quote; the ask size triggers other requests. */
const bidder = defineStrategy({
  name: 'B',
  doc: 'Bids for as much as a test says.',
  parameters: z.strictObject({ mostUsd: z.number().positive().default(1000) }).prefault({}),
  inputs: { events: ['quote'] },
  limits: ({ mostUsd }) => ({ maxOrderUsd: mostUsd, maxPositionUsd: mostUsd }),
  state: stateSchema({}),
  create: () => ({
    on(event) {
      if (event.type !== 'quote') return []
      const order = { key: 'bid', side: 'BUY' as const, timeInForce: 'GTC' as const }
      const odd = {
        601: { quantity: NaN },
        602: { quantity: Infinity },
        603: { quantity: -1 },
        604: { limitPrice: NaN },
      }[event.askSize]
      const orders = [{ ...order, quantity: 100, limitPrice: event.bid, ...odd }]
      if (event.askSize === 605) orders.push({ ...order, quantity: 1, limitPrice: 1 })
      if (event.askSize === 606) orders.splice(0, 1, { ...order, side: 'HOLD' as never, quantity: 1, limitPrice: 1 })
      return [{ type: 'orders', instrument: event.instrument, orders }]
    },
    snapshot: () => ({}),
  }),
})

const strategies = [follower, bidder]
const config = strategyConfigOf(strategies).parse({
  strategies: ['A', 'B'],
  startingCashUsd: '1000000',
  marginVenues: ['sim'],
  portfolio: { symbolLimitUsd: 10_000, grossLimitUsd: 150_000, netLimitUsd: 100_000 },
  intents: { minTradeUsd: 50, maxOrderUsd: 100_000, urgentTradeUsd: 100, minIntervalMs: 1 },
})
const rates = configuredRates(config.ratesToUsd)

function openPlane(snapshot?: StrategySnapshot) {
  const notices: (StrategyNotice | LedgerNotice)[] = []
  const core = createStrategyCore(
    config,
    { instruments: [btc], rates, isSessionOpen: () => true, strategies, onNotice: (notice) => notices.push(notice) },
    snapshot,
  )
  let seq = snapshot ? 1_000_000 : 0
  const at = (ms: number) => testStartUs + ms * 1000
  const take = (event: Parameters<typeof core.process>[0]) => {
    core.process({ ...event, seq: ++seq })
    return core.outbox.drain()
  }
  if (!snapshot) {
    take(aMarketStatus({ tsRecvUs: testStartUs, status: 'book_valid' }))
    take(aMark({ tsRecvUs: testStartUs, price: 100, ageUs: 0 }))
  }
  return {
    core,
    notices,
    take,
    quote: (ms: number, bidSize: number, askSize = 1, bid = 100) =>
      take(aQuote({ tsRecvUs: at(ms), bid, ask: bid + 0.1, bidSize, askSize })),
    tune: (ms: number, strategy: string, parameters: string) =>
      take(aTuning({ effectUs: at(ms), strategy, parameters, who: 'ann' })),
    rearm: (ms: number) => take(anOperatorCommand({ effectUs: at(ms), command: 'rearm' })),
    answer: (ms: number, intent: StrategyOutput | undefined, state: 'acknowledged' | 'cancelled') => {
      if (intent?.type !== 'orderIntent') throw new Error('no intent')
      const { intentId, strategy, side, quantity } = intent
      return take(anOrderEvent({ effectUs: at(ms), intentId, strategy, side, state, quantity, filledQuantity: '0' }))
    },
    active: (name: string) => core.summary().active.find((one) => one.name === name),
  }
}
const signalsIn = (events: readonly StrategyOutput[]) =>
  events.flatMap((event) => (event.type === 'signal' ? [`${event.strategy} ${event.direction} ${event.strength}`] : []))
const orderOf = (events: readonly StrategyOutput[], name: string) =>
  events.find((event) => event.type === 'orderIntent' && event.strategy === name)

describe('a strategy that is tuned', () => {
  it('goes on from its state with the new parameters', () => {
    const plane = openPlane()
    expect(signalsIn(plane.quote(10, 60))).toEqual(['A BUY 0.6'])
    expect(plane.tune(20, 'A', '{"factor":0.5}')).toEqual([])
    expect(plane.notices).toEqual([{ code: 'tuned', strategy: 'A', detail: '{"factor":0.5} by ann' }])
    expect(plane.active('A')).toMatchObject({ parameters: { factor: 0.5, isShy: false } })
    expect(signalsIn(plane.quote(30, 60))).toEqual(['A BUY 0.3'])
    expect(plane.core.snapshot().strategies[0]?.state).toEqual({ strength: 0.3, heard: 2 })
    expect(plane.core.summary().refusedTunings).toBe(0)
  })

  it('keeps what was tuned before', () => {
    const plane = openPlane()
    plane.tune(10, 'A', '{"isShy":true}')
    plane.tune(20, 'A', '{"factor":0.25}')
    expect(plane.active('A')?.parameters).toEqual({ factor: 0.25, isShy: true })
  })

  it.each([
    ['a strategy that does not run', 'C', '{"factor":0.5}', 'unknown_strategy', 'Expected one of A, B, was C'],
    ['what is no JSON', 'A', 'factor=0.5', 'bad_parameters', 'Expected a JSON object, was factor=0.5'],
    ['what is no object', 'A', '[1]', 'bad_parameters', 'Expected a JSON object, was [1]'],
    ['an unknown name', 'A', '{"fator":0.5}', 'bad_parameters', 'Unrecognized key: "fator"'],
    ['another type', 'A', '{"factor":"0.5"}', 'bad_parameters', 'expected number, received string'],
    ['a value out of bounds', 'A', '{"factor":2}', 'bad_parameters', 'expected number to be <=1'],
    ['parameters that it throws at', 'A', '{"isShy":true}', 'not_taken', 'shy of strangers'],
  ])('refuses %s, and changes nothing', (_, strategy, parameters, reason, detail) => {
    const plane = openPlane()
    plane.quote(10, 60)
    const { refusedTunings: _none, lastInputUs: _before, ...before } = plane.core.snapshot()
    expect(plane.tune(20, strategy, parameters)).toEqual([])
    const { refusedTunings, lastInputUs: _after, ...after } = plane.core.snapshot()
    expect(after).toEqual(before)
    expect([refusedTunings, plane.core.summary().refusedTunings]).toEqual([1, 1])
    expect(plane.notices).toEqual([
      { code: 'tuning_refused', strategy, reason, detail: expect.stringContaining(detail) as unknown },
    ])
  })

  it('has its desks follow its limits: what works is cancelled, and sent again within the new ones', () => {
    const plane = openPlane()
    const first = orderOf(plane.quote(10, 0), 'B')
    expect(first).toMatchObject({ quantity: '10' })
    plane.answer(20, first, 'acknowledged')
    expect(plane.tune(30, 'B', '{"mostUsd":200}')).toMatchObject([{ type: 'cancelIntent', reason: 'replaced' }])
    expect(orderOf(plane.answer(40, first, 'cancelled'), 'B')).toMatchObject({ quantity: '2' })
  })

  it('is saved with what was tuned, which wins over the settings, and that is said', () => {
    const plane = openPlane()
    plane.quote(10, 60)
    plane.tune(20, 'A', '{"factor":0.5}')
    const snapshot = plane.core.snapshot()
    expect(createStateCheck(strategySchemaOf(strategies), '/core')(snapshot)).toBeUndefined()
    expect(tunedNotice(snapshot.strategies)).toBe(
      'Strategies resume as they were left: A as it was tuned, {"factor":0.5}, whatever its settings',
    )
    expect(tunedNotice(openPlane().core.snapshot().strategies)).toBeUndefined()
    const restored = openPlane(snapshot)
    expect(restored.active('A')?.parameters).toEqual({ factor: 0.5, isShy: false })
    expect(restored.quote(30, 80)).toEqual(plane.quote(30, 80))
    expect(restored.core.snapshot()).toEqual(plane.core.snapshot())
  })

  it('is not gone on from where what was tuned does not fit any more', () => {
    const snapshot = openPlane().core.snapshot()
    const [a, b] = snapshot.strategies
    if (!a || !b) throw new Error('no strategies')
    const spoilt = { ...snapshot, strategies: [{ ...a, tuned: '{"speed":3}' }, b] }
    expect(() => openPlane(spoilt)).toThrow('Expected parameters of A that were tuned to fit its settings')
  })
})

describe('a strategy that fails', () => {
  it.each([
    ['throws', 601, 'lost the thread'],
    ['says a strength beyond 1', 602, 'a strength lies in [-1, 1], was 1.5'],
    ['says a strength that is no number', 603, 'a strength lies in [-1, 1], was NaN'],
    ['speaks of what is not in the run', 604, 'a strategy speaks of an instrument of the run, was DOGE/USDT@sim'],
    ['asks for orders without limits', 605, 'a strategy that asks for orders has limits of its own, was orders'],
    ['says nothing that could be read', 606, 'undefined'],
    ['says something right before what is wrong', 607, 'a strength lies in [-1, 1], was -2'],
  ])('is suspended when it %s: it wants nothing any more, and the plane goes on', (_, bidSize, why) => {
    const plane = openPlane()
    const bought = orderOf(plane.quote(10, 60), 'A')
    expect(bought).toMatchObject({ side: 'BUY' })
    const last = plane.quote(20, bidSize)
    expect(signalsIn(last)).toEqual(['A FLAT 0'])
    expect(last.find(({ type }) => type === 'targetPortfolio')).toMatchObject({ targets: [], grossUsd: 0 })
    expect(plane.active('A')?.suspendedWhy).toContain(why)
    expect(plane.notices).toEqual([
      { code: 'suspended', strategy: 'A', detail: expect.stringContaining(why) as unknown },
    ])
    // It is not called again; the other one is.
    expect(signalsIn(plane.quote(30, 80))).toEqual([])
    expect(plane.active('B')?.suspendedWhy).toBeUndefined()
    expect(plane.notices).toHaveLength(1)
  })

  it.each([
    ['no number', 601],
    ['no end', 602],
    ['less than nothing', 603],
    ['no price', 604],
    ['two orders under a key', 605],
    ['no side', 606],
  ])('is suspended when it asks for %s: what works of it is cancelled', (_, askSize) => {
    const plane = openPlane()
    const first = orderOf(plane.quote(10, 0), 'B')
    plane.answer(20, first, 'acknowledged')
    const events = plane.quote(30, 0, askSize)
    expect(events).toMatchObject([{ type: 'cancelIntent', strategy: 'B', reason: 'replaced' }])
    expect(plane.active('B')?.suspendedWhy).toMatch(/^Invariant: /)
    plane.answer(40, first, 'cancelled')
    expect(orderOf(plane.quote(50, 0), 'B')).toBeUndefined()
  })

  it('wants nothing of a price below the first tick, and lives', () => {
    const plane = openPlane()
    expect(orderOf(plane.quote(10, 0, 1, 0.05), 'B')).toBeUndefined()
    expect(plane.notices).toEqual([])
  })

  it('stays suspended over a restart, which says so, until it is re-armed: then it begins anew', () => {
    const plane = openPlane()
    plane.quote(10, 60)
    plane.tune(15, 'A', '{"factor":0.5}')
    plane.quote(20, 601)
    const snapshot = plane.core.snapshot()
    expect(createStateCheck(strategySchemaOf(strategies), '/core')(snapshot)).toBeUndefined()
    expect(snapshot.strategies[0]).toEqual({
      name: 'A',
      state: null,
      tuned: '{"factor":0.5}',
      warmUp: [],
      suspendedWhy: 'lost the thread',
    })
    expect(tunedNotice(snapshot.strategies)).toContain('A suspended: lost the thread')
    const restored = openPlane(snapshot)
    expect(signalsIn(restored.quote(30, 80))).toEqual([])
    restored.rearm(40)
    expect(restored.notices).toEqual([{ code: 'released', strategy: 'A', detail: 'ada' }])
    expect(restored.active('A')?.suspendedWhy).toBeUndefined()
    expect(signalsIn(restored.quote(50, 80))).toEqual(['A BUY 0.4'])
    expect(restored.core.snapshot().strategies[0]?.state).toEqual({ strength: 0.4, heard: 1 })
  })

  it('may be tuned while it is suspended', () => {
    const plane = openPlane()
    plane.quote(10, 601)
    plane.tune(20, 'A', '{"factor":0.5}')
    plane.rearm(30)
    expect(signalsIn(plane.quote(40, 80))).toEqual(['A BUY 0.4'])
  })
})

it('does the same with the same inputs, tunings and failures among them', () => {
  const play = () => {
    const plane = openPlane()
    return [
      ...plane.quote(10, 60),
      ...plane.tune(20, 'A', '{"factor":0.5}'),
      ...plane.quote(30, 60),
      ...plane.tune(40, 'A', '{"factor":7}'),
      ...plane.tune(50, 'B', '{"mostUsd":500}'),
      ...plane.quote(1500, 601),
      ...plane.rearm(1600),
      ...plane.quote(2500, 40),
    ]
  }
  expect(play().length).toBeGreaterThan(8)
  expect(play()).toEqual(play())
})
