import { field, stateSchema, type Bar, type PastBar } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import { settingsKey, strategies as builtIn, type StrategyDefinition } from '@triplane/strategy'
import {
  aBar,
  aMark,
  aMarketStatus,
  anInstrument,
  aPastBar,
  aQuote,
  aTuning,
  anOperatorCommand,
  testStartUs,
} from '@triplane/testing'
import { z } from 'zod'
import { defineStrategy } from '../../strategy/test/define-strategy.ts'
import { declaredHistory } from './active-strategies.ts'
import type { StrategyNotice } from './active-strategy.ts'
import { parametersOf, strategyConfigOf } from './config.ts'
import type { LedgerNotice } from './ledger-notice.ts'
import { createStrategyCore } from './pipeline.ts'
import type { StrategyInput, StrategySnapshot } from './strategy-plane-core.ts'
import { WarmUp } from './warm-up.ts'

const MINUTE_US = 60_000_000
const T = testStartUs - (testStartUs % MINUTE_US)
const btc = anInstrument({ symbol: 'BTC/USDT' })
const eth = anInstrument({ symbol: 'ETH/USDT' })
const BTC = 'BTC/USDT@sim'
const ETH = 'ETH/USDT@sim'
const at = (minute: number) => T + minute * MINUTE_US
const live = (minute: number, fields: Partial<Bar> = {}) =>
  aBar({ instrument: BTC, timeframe: '1m', openTimeUs: at(minute), tsRecvUs: at(minute + 1), ...fields })
const past = (minute: number, fields: Partial<PastBar> = {}) =>
  aPastBar({ instrument: BTC, timeframe: '1m', openTimeUs: at(minute), tsRecvUs: T, ...fields })

describe('the bars that a strategy is given', () => {
  const aWarmUp = (bars = 3) => new WarmUp([{ timeframe: '1m', bars }], [btc, eth])
  const brief = (given: readonly (Bar | PastBar)[]) =>
    given.map((bar) => `${bar.type} ${(bar.openTimeUs - T) / MINUTE_US}`)

  it('are each once, whichever way they come, and warm an instrument once they are as many as declared', () => {
    const warmUp = aWarmUp()
    expect(brief(warmUp.onPastBar(past(-2)))).toEqual(['pastBar -2'])
    expect(brief(warmUp.onPastBar(past(-1)))).toEqual(['pastBar -1'])
    expect(brief(warmUp.onPastBar(past(-1)))).toEqual([])
    expect(brief(warmUp.onBar(live(-1)))).toEqual([])
    expect(warmUp.cold).toEqual([BTC, ETH])
    expect(brief(warmUp.onBar(live(0)))).toEqual(['bar 0'])
    expect([warmUp.cold, warmUp.isWarm(BTC), warmUp.isWarm(ETH)]).toEqual([[ETH], true, false])
    expect(brief(warmUp.onPastBar(past(0)))).toEqual([])
  })

  it('are of past bars what there is of them: one that is missing is missing', () => {
    const warmUp = aWarmUp()
    for (const minute of [-9, -4]) warmUp.onPastBar(past(minute))
    expect(warmUp.isWarm(BTC)).toBe(false)
    warmUp.onPastBar(past(-1))
    expect(warmUp.isWarm(BTC)).toBe(true)
  })

  it('do not count when they are not whole, are revised or still forming', () => {
    const warmUp = aWarmUp(1)
    for (const odd of [{ incomplete: true }, { revised: true }, { closed: false }]) {
      expect(brief(warmUp.onBar(live(0, odd)))).toEqual(['bar 0'])
      expect(warmUp.isWarm(BTC)).toBe(false)
    }
    warmUp.onBar(live(0))
    expect(warmUp.isWarm(BTC)).toBe(true)
  })

  it('have the one of the venue in the place of the first of the run, which is not whole', () => {
    const warmUp = aWarmUp()
    for (const minute of [-2, -1]) warmUp.onPastBar(past(minute))
    expect(brief(warmUp.onBar(live(0, { incomplete: true })))).toEqual([])
    expect(brief(warmUp.onBar(live(0, { incomplete: true, revised: true })))).toEqual([])
    expect(brief(warmUp.onPastBar(past(0)))).toEqual(['pastBar 0'])
    expect(warmUp.isWarm(BTC)).toBe(true)
    expect(brief(warmUp.onBar(live(1)))).toEqual(['bar 1'])
    expect(brief(warmUp.onBar(live(2, { incomplete: true })))).toEqual(['bar 2'])
  })

  it('have the first of the run as it is when the venue has none, before the next one', () => {
    const untilNext = aWarmUp()
    untilNext.onPastBar(past(-1))
    untilNext.onBar(live(0, { incomplete: true }))
    expect(brief(untilNext.onBar(live(1)))).toEqual(['bar 0', 'bar 1'])
    const untilPast = aWarmUp()
    untilPast.onPastBar(past(-1))
    untilPast.onBar(live(0, { incomplete: true }))
    expect(brief(untilPast.onPastBar(past(1)))).toEqual(['bar 0', 'pastBar 1'])
  })

  it('are those of the run at once where there are no past bars, and of other lengths always', () => {
    const warmUp = aWarmUp()
    expect(brief(warmUp.onBar(live(0, { incomplete: true })))).toEqual(['bar 0'])
    expect(brief(warmUp.onBar(live(0, { timeframe: '5m' })))).toEqual(['bar 0'])
    expect(brief(warmUp.onPastBar(past(0, { timeframe: '5m' })))).toEqual([])
  })

  it('go on from what was saved, also in the middle', () => {
    const steps = [past(-2), past(-1), live(0, { incomplete: true }), past(0), live(1), live(2)]
    const give = (warmUp: WarmUp, bar: Bar | PastBar) =>
      brief(bar.type === 'bar' ? warmUp.onBar(bar) : warmUp.onPastBar(bar))
    for (const cut of steps.keys()) {
      const straight = aWarmUp(5)
      let restored = aWarmUp(5)
      for (const [i, step] of steps.entries()) {
        if (i === cut) restored = new WarmUp([{ timeframe: '1m', bars: 5 }], [btc, eth], restored.snapshot())
        expect(give(restored, step)).toEqual(give(straight, step))
      }
      expect(restored.snapshot()).toEqual(straight.snapshot())
      expect(restored.cold).toEqual([ETH])
    }
  })
})

/** Gives the bid size as its opinion at every quote, warm or not; needs so many minutes and two days. */
const loud = defineStrategy({
  name: 'LOUD',
  doc: 'Speaks before it is asked.',
  parameters: z.strictObject({ minutes: z.int().default(2), days: z.int().default(1) }).prefault({}),
  inputs: { events: ['quote'], bars: ['1m', '1d'] },
  warmUp: ({ minutes, days }) => [
    { timeframe: '1m', bars: minutes },
    { timeframe: '1d', bars: days },
  ],
  state: stateSchema({ heard: field.count }),
  create(_, saved) {
    let heard = saved?.heard ?? 0
    return {
      onPastBar: () => void heard++,
      on(event) {
        if (event.type !== 'quote') return []
        if (event.bidSize === 7) throw new Error('too much')
        return [{ type: 'opinion', instrument: event.instrument, strength: event.bidSize / 100 }]
      },
      snapshot: () => ({ heard }),
    }
  },
})

/** The core of a plane that runs one strategy on an instrument with a valid book. */
function openPlane(definition: StrategyDefinition, parameters: object = {}, snapshot?: StrategySnapshot) {
  const notices: (StrategyNotice | LedgerNotice)[] = []
  const config = strategyConfigOf([definition]).parse({
    strategies: [definition.name],
    [settingsKey(definition)]: parameters,
  })
  const core = createStrategyCore(
    config,
    {
      ...{ instruments: [btc], rates: configuredRates(config.ratesToUsd), isSessionOpen: () => true },
      ...{ strategies: [definition], onNotice: (one) => notices.push(one) },
    },
    snapshot,
  )
  let seq = 0
  function take(event: StrategyInput) {
    core.process({ ...event, seq: ++seq })
    return core.outbox.drain().flatMap((said) => (said.type === 'signal' ? [said.strength] : []))
  }
  if (!snapshot) {
    take(aMarketStatus({ tsRecvUs: T, status: 'book_valid' }))
    take(aMark({ tsRecvUs: T, price: 100, ageUs: 0 }))
  }
  const warmingUp = () => core.summary().active.flatMap((one) => one.warmingUp)
  return { core, config, notices, take, warmingUp }
}

describe('a strategy that is not warm', () => {
  const quote = (second: number, bidSize: number) => aQuote({ tsRecvUs: T + second * 1_000_000, bidSize })
  const day = past(-1440, { timeframe: '1d', openTimeUs: T - (T % (1440 * MINUTE_US)) - 1440 * MINUTE_US })

  it('has nothing taken of what it says until it has had all that it declares, and then what it says', () => {
    const plane = openPlane(loud)
    expect(plane.notices).toEqual([{ code: 'warming_up', strategy: 'LOUD', detail: BTC }])
    expect(plane.take(quote(1, 50))).toEqual([])
    for (const minute of [-3, -2, -1]) plane.take(past(minute))
    expect([plane.take(quote(2, 50)), plane.warmingUp()]).toEqual([[], [BTC]])
    plane.take({ ...day, tsRecvUs: T + 3_000_000 })
    expect([plane.take(quote(4, 50)), plane.warmingUp()]).toEqual([[0.5], []])
    expect(plane.notices.map(({ code }) => code)).toEqual(['warming_up', 'warm'])
  })

  it('goes on over a restart in the middle of it', () => {
    const plane = openPlane(loud)
    for (const minute of [-3, -2]) plane.take(past(minute))
    const restored = openPlane(loud, {}, plane.core.snapshot())
    expect([restored.take(quote(2, 50)), restored.warmingUp()]).toEqual([[], [BTC]])
    restored.take({ ...day, tsRecvUs: T + 3_000_000 })
    expect(restored.take(quote(4, 50))).toEqual([0.5])
    const warm = openPlane(loud, {}, restored.core.snapshot())
    expect([warm.notices, warm.take(quote(5, 60))]).toEqual([[], [0.6]])
  })

  it('stays warm when it is tuned, and begins anew when it is released', () => {
    const plane = openPlane(loud)
    for (const minute of [-3, -2]) plane.take(past(minute))
    plane.take(day)
    plane.take(aTuning({ effectUs: T + 1_000_000, strategy: 'LOUD', parameters: '{"minutes":50}' }))
    expect(plane.take(quote(2, 50))).toEqual([0.5])
    plane.take(quote(3, 7))
    plane.take(anOperatorCommand({ effectUs: T + 4_000_000, command: 'rearm' }))
    expect([plane.take(quote(5, 50)), plane.warmingUp()]).toEqual([[], [BTC]])
  })

  it('is no reason to think that its instrument is seen', () => {
    const plane = openPlane(loud)
    const before = plane.core.snapshot().instruments
    plane.take(past(-1))
    expect(plane.core.snapshot().instruments).toEqual(before)
  })
})

it('needs of each length what the strategy of the run does that needs most', () => {
  const other = { ...loud, name: 'OTHER' }
  const config = strategyConfigOf([loud, other]).parse({
    strategies: ['LOUD', 'OTHER'],
    loud: { minutes: 5, days: 2 },
    other: { minutes: 9, days: 1 },
  })
  expect(declaredHistory(config, [loud, other])).toEqual([
    { timeframe: '1m', bars: 9 },
    { timeframe: '1d', bars: 2 },
  ])
})

it.each([
  ['bars that it does not hear', { warmUp: () => [{ timeframe: '5m' as const, bars: 1 }] }],
  ['no whole number of bars', { warmUp: () => [{ timeframe: '1m' as const, bars: 0.5 }] }],
])('refuses a strategy that declares %s', (_, { warmUp }) => {
  const wrong = defineStrategy({
    ...{ name: 'WRONG', doc: 'Is wrong.', parameters: z.strictObject({}).prefault({}), inputs: { bars: ['1m'] } },
    ...{ warmUp, state: stateSchema({}) },
    create: () => ({ on: () => [], onPastBar: () => undefined, snapshot: () => ({}) }),
  })
  expect(() => openPlane(wrong)).toThrow('Invariant: a strategy')
})

it('refuses a strategy that declares history and takes no past bars', () => {
  const deaf = defineStrategy({
    ...{ name: 'DEAF', doc: 'Is deaf.', parameters: z.strictObject({}).prefault({}), inputs: { bars: ['1m'] } },
    ...{ warmUp: () => [{ timeframe: '1m', bars: 1 }], state: stateSchema({}) },
    create: () => ({ on: () => [], snapshot: () => ({}) }),
  })
  expect(() => openPlane(deaf)).toThrow('Invariant: a strategy that warms up takes past bars, was DEAF')
})

const warming = builtIn.filter((definition) => definition.warmUp({}).length > 0)

describe.each(warming.map((definition) => [definition.name, definition] as const))('%s', (_, definition) => {
  const close = (minute: number) => 100 + minute * 0.7 + (minute % 3)
  const bars = definition.warmUp({}).find(({ timeframe }) => timeframe === '1m')?.bars ?? 0

  /**
   * Feeds past bars up to the start, then the bars of the run, with a restore before bar `cut`. Gives the decisions and
   * the cold instruments.
   */
  function play(pastBars: number, cut?: number) {
    let plane = openPlane(definition)
    const steps: StrategyInput[] = [
      ...Array.from({ length: pastBars }, (_unused, i) => past(i - pastBars, { close: close(i - pastBars) })),
      ...Array.from({ length: bars }, (_unused, i) => live(i, { close: close(i) })),
    ]
    return steps.map((step, i) => {
      if (i === cut) plane = openPlane(definition, {}, plane.core.snapshot())
      return { said: plane.take(step), isWarm: plane.warmingUp().length === 0 }
    })
  }

  it('says nothing of past bars, is warm once they are as many as it declares, and speaks at the next bar', () => {
    const warmed = play(bars)
    expect(warmed.map(({ isWarm }) => isWarm)).toEqual(warmed.map((_unused, i) => i >= bars - 1))
    expect(warmed.findIndex(({ said }) => said.length > 0)).toBe(bars)
    const half = play(10)
    expect(half.findIndex(({ isWarm }) => isWarm)).toBe(bars - 1)
    expect(half.findIndex(({ said }) => said.length > 0)).toBe(bars - 1)
  })

  it('goes on from a snapshot anywhere in its warm-up', () => {
    const straight = play(10)
    for (const cut of [0, 5, 10, 11, bars - 1, bars]) expect(play(10, cut)).toEqual(straight)
  })

  it('has parameters that say what it needs', () => {
    const { config } = openPlane(definition)
    expect(definition.warmUp(parametersOf(config, definition))).toEqual(definition.warmUp({}))
  })
})
