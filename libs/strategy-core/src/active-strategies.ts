import { field, stateSchema, type Instrument, type InstrumentId, type SchemaOf } from '@triplane/contracts'
import { invariant } from '@triplane/kernel'
import type { Decision, OrderLimits, Strategy, StrategyDefinition, StrategyEvent } from '@triplane/strategy'
import { parametersOf, type StrategyConfig } from './config.ts'

/** A strategy as it is saved. */
interface SavedStrategy {
  readonly name: string
  /** As the schema of its definition has it. */
  readonly state: unknown
}

/** The schema of saved strategies. */
export function activeStrategiesSchema(definitions: readonly StrategyDefinition[]): SchemaOf<readonly SavedStrategy[]> {
  const saved = definitions.map(({ name, state }) => stateSchema({ name: field.literal(name), state }))
  return field.as(field.list(field.either(saved)))
}

/** A strategy that runs. */
export interface ActiveStrategy {
  readonly name: string
  /** Share of its target that it gets, 0-1. */
  readonly weight: number
  readonly strategy: Strategy
  /** Those of the orders that it asks for itself; undefined: it has opinions. */
  readonly limits: OrderLimits | undefined
}

/** Told what a strategy says. */
type OnDecisions = (from: ActiveStrategy, decisions: readonly Decision[]) => void

/** What strategies are opened with, beside their parameters. */
interface StrategyWorld {
  readonly universe: readonly Instrument[]
  /** What a strategy holds of an instrument: signed base units. */
  readonly position: (strategy: string, instrument: InstrumentId) => number
}

/** The strategies of a run, in the order of the settings, and who of them hears what. */
export class ActiveStrategies {
  readonly all: readonly ActiveStrategy[]
  readonly #hearers: Readonly<Record<StrategyEvent['type'], readonly ActiveStrategy[]>>
  readonly #barHearers: ReadonlyMap<string, readonly ActiveStrategy[]>

  constructor(
    config: StrategyConfig,
    definitions: readonly StrategyDefinition[],
    { universe, position }: StrategyWorld,
    snapshot: readonly SavedStrategy[] = [],
  ) {
    const saved = new Map(snapshot.map(({ name, state }) => [name, state]))
    const opened = chosenStrategies(config, definitions).map((definition) => {
      const { name, inputs } = definition
      const parameters = parametersOf(config, definition)
      const held = (instrument: InstrumentId) => position(name, instrument)
      const strategy = definition.open({ universe, parameters, position: held }, saved.get(name))
      const limits = definition.limits?.(parameters)
      return { inputs, active: { name, weight: config.strategyWeights[name] ?? 1, strategy, limits } }
    })
    this.all = opened.map(({ active }) => active)
    const hearersOf = (type: 'quote' | 'ofi') =>
      opened.flatMap(({ inputs, active }) => (inputs.events?.includes(type) ? [active] : []))
    const barHearers = new Map<string, ActiveStrategy[]>()
    for (const { inputs, active } of opened) {
      for (const timeframe of inputs.bars ?? [])
        barHearers.set(timeframe, [...(barHearers.get(timeframe) ?? []), active])
    }
    this.#barHearers = barHearers
    this.#hearers = { quote: hearersOf('quote'), ofi: hearersOf('ofi'), bar: [] }
  }

  /** Gives an event to those who asked for its kind. */
  on(event: StrategyEvent, tell: OnDecisions): void {
    const hearers = event.type === 'bar' ? (this.#barHearers.get(event.timeframe) ?? []) : this.#hearers[event.type]
    for (const active of hearers) report(active, active.strategy.on(event), tell)
  }

  onHole(instrument: InstrumentId, tell: OnDecisions): void {
    for (const active of this.all) report(active, active.strategy.onHole?.(instrument) ?? [], tell)
  }

  onTimer(nowUs: number, tell: OnDecisions): void {
    for (const active of this.all) {
      if (active.strategy.onTimer) report(active, active.strategy.onTimer(nowUs), tell)
    }
  }

  snapshot(): readonly SavedStrategy[] {
    return this.all.map(({ name, strategy }) => ({ name, state: strategy.snapshot() }))
  }
}

/** The definitions that the settings name, in their order. */
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

function report(active: ActiveStrategy, decisions: readonly Decision[], tell: OnDecisions): void {
  if (decisions.length > 0) tell(active, decisions)
}
