import { instrumentId, type Bar, type InstrumentId, type PastBar, type Timeframe } from '@triplane/contracts'
import { err, invariant, ok, type Result } from '@triplane/kernel'
import { nothingMadeBy, type Ledger, type StrategyValuation } from '@triplane/ledger'
import type { Decision, Strategy, StrategyDefinition, StrategyEvent, TickEvent, WarmUpBars } from '@triplane/strategy'
import {
  ActiveStrategy,
  type SavedStrategy,
  type StrategyNotice,
  type StrategyWorld,
  type TuningRefusal,
} from './active-strategy.ts'
import { parametersOf, type StrategyConfig } from './config.ts'
import type { Hole } from './quoted-instruments.ts'
import type { WarmUp } from './warm-up.ts'

/** Receives the strategies' decisions, suspensions and notices. */
interface StrategyListener {
  onDecisions(from: ActiveStrategy, decisions: readonly Decision[]): void
  onSuspended(suspended: ActiveStrategy): void
  onNotice(notice: StrategyNotice): void
}

// How a strategy is called.
const onEvent = (strategy: Strategy, event: StrategyEvent) => strategy.on(event)
const onPastBar = (strategy: Strategy, bar: PastBar) => {
  strategy.onPastBar?.(bar)
  return []
}
const onHole = (strategy: Strategy, instrument: InstrumentId) => strategy.onHole?.(instrument) ?? []
const onTimer = (strategy: Strategy, nowUs: number) => strategy.onTimer?.(nowUs) ?? []

/** The strategies of a run, in the order of the settings, and which of them subscribe to what. */
export class ActiveStrategies {
  readonly all: readonly ActiveStrategy[]
  readonly #listener: StrategyListener
  /** Instruments that strategies may read and not trade. */
  readonly #quoted: ReadonlySet<InstrumentId>
  readonly #hearers: Readonly<Record<TickEvent['type'], readonly ActiveStrategy[]>>
  readonly #barHearers: ReadonlyMap<string, readonly ActiveStrategy[]>

  constructor(
    config: StrategyConfig,
    definitions: readonly StrategyDefinition[],
    world: StrategyWorld,
    listener: StrategyListener,
    snapshot: readonly SavedStrategy[] = [],
  ) {
    const saved = new Map(snapshot.map((strategy) => [strategy.name, strategy]))
    this.all = chosenStrategies(config, definitions).map(
      (definition) => new ActiveStrategy(config, definition, world, saved.get(definition.name)),
    )
    this.#listener = listener
    this.#quoted = new Set(world.quoted.map(instrumentId))
    const hearersOf = (type: TickEvent['type']) => this.all.filter(({ inputs }) => inputs.events?.includes(type))
    const barHearers = new Map<string, ActiveStrategy[]>()
    for (const active of this.all) {
      for (const timeframe of active.inputs.bars ?? [])
        barHearers.set(timeframe, [...(barHearers.get(timeframe) ?? []), active])
    }
    this.#barHearers = barHearers
    this.#hearers = { quote: hearersOf('quote'), trade: hearersOf('trade'), ofi: hearersOf('ofi') }
    for (const { name, warmUp } of this.all) {
      if (warmUp.cold.length > 0)
        listener.onNotice({ code: 'warming_up', strategy: name, detail: warmUp.cold.join(', ') })
    }
  }

  /** Forwards an event to the strategies that subscribe to its type. */
  on(event: StrategyEvent): void {
    if (event.type === 'bar') {
      for (const active of this.#barHearers.get(event.timeframe) ?? [])
        this.#giveBars(active, (warmUp) => warmUp.onBar(event))
    } else {
      for (const active of this.#hearers[event.type]) this.#ask(active, onEvent, event)
    }
  }

  /** Forwards a bar from before the run to the strategies that warm up with its length. */
  onPastBar(bar: PastBar): void {
    for (const active of this.#barHearers.get(bar.timeframe) ?? [])
      this.#giveBars(active, (warmUp) => warmUp.onPastBar(bar))
  }

  /** Notifies strategies of missing ticks; where only trades are missing, those that subscribe to trades. */
  onHole(instrument: InstrumentId, missing: Hole): void {
    for (const active of missing === 'trades' ? this.#hearers.trade : this.all) this.#ask(active, onHole, instrument)
  }

  onTimer(nowUs: number): void {
    for (const active of this.all) this.#ask(active, onTimer, nowUs)
  }

  /** Changes the parameters of a strategy: see `ActiveStrategy.tune`. */
  tune(name: string, parameters: string): Result<ActiveStrategy, TuningRefusal> {
    const active = this.all.find((one) => one.name === name)
    const names = this.all.map((one) => one.name).join(', ')
    if (!active) return err({ code: 'unknown_strategy', detail: `Expected one of ${names}, was ${name}` })
    const tuned = active.tune(parameters)
    return tuned.ok ? ok(active) : tuned
  }

  /** Starts the suspended strategies again. */
  release(who: string, onNotice: (notice: StrategyNotice) => void): void {
    for (const active of this.all) {
      if (active.suspendedWhy === undefined) continue
      const [code, detail] = active.release() ? ['released' as const, who] : ['suspended' as const, active.suspendedWhy]
      onNotice({ code, strategy: active.name, detail })
    }
  }

  /** The results of each strategy of the run, and of earlier ones that traded. */
  made(ledger: Pick<Ledger, 'strategies'>): readonly StrategyValuation[] {
    const made = ledger.strategies()
    const idle = this.all.filter(({ name }) => !made.some(({ strategy }) => strategy === name))
    return [...made, ...idle.map(({ name }) => nothingMadeBy(name))]
  }

  snapshot(): readonly SavedStrategy[] {
    return this.all.map((active) => active.snapshot())
  }

  /** Forwards bars to a strategy, and notes when they complete its warm-up. */
  #giveBars(active: ActiveStrategy, take: (warmUp: WarmUp) => readonly (Bar | PastBar)[]): void {
    const { warmUp, name } = active
    const wasCold = warmUp.cold.length > 0
    for (const bar of take(warmUp)) {
      if (bar.type === 'bar') this.#ask(active, onEvent, bar)
      else this.#ask(active, onPastBar, bar)
    }
    if (wasCold && warmUp.cold.length === 0)
      this.#listener.onNotice({ code: 'warm', strategy: name, detail: 'every instrument' })
  }

  /** Drops decisions about instruments that have not warmed up. */
  #ask<Given>(
    active: ActiveStrategy,
    put: (strategy: Strategy, given: Given) => readonly Decision[],
    given: Given,
  ): void {
    const said = active.ask(put, given)
    if (said === undefined) return this.#listener.onSuspended(active)
    if (said.length === 0) return
    const decisions = said.filter(({ instrument }) => this.#isTaken(active, instrument))
    if (decisions.length > 0) this.#listener.onDecisions(active, decisions)
  }

  /** Whether a decision about the instrument counts; one about a quoted instrument is refused. */
  #isTaken({ name: strategy, warmUp }: ActiveStrategy, instrument: InstrumentId): boolean {
    if (!this.#quoted.has(instrument)) return warmUp.isWarm(instrument)
    this.#listener.onNotice({ code: 'decision_refused', strategy, reason: 'not_traded', detail: instrument })
    return false
  }
}

/** The definitions named in the settings, in their order. */
export function chosenStrategies(
  { strategies }: Pick<StrategyConfig, 'strategies'>,
  definitions: readonly StrategyDefinition[],
): StrategyDefinition[] {
  return strategies.map((name) => {
    const definition = definitions.find((one) => one.name === name)
    invariant(definition !== undefined, 'the settings name strategies that there are', name)
    return definition
  })
}

/** The history that the strategies of the settings need together: the most that any of them needs of each length. */
export function declaredHistory(
  config: StrategyConfig,
  definitions: readonly StrategyDefinition[],
): readonly WarmUpBars[] {
  const most = new Map<Timeframe, number>()
  for (const definition of chosenStrategies(config, definitions)) {
    for (const { timeframe, bars } of definition.warmUp(parametersOf(config, definition)))
      most.set(timeframe, Math.max(bars, most.get(timeframe) ?? 0))
  }
  return Array.from(most, ([timeframe, bars]) => ({ timeframe, bars }))
}
