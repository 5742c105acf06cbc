import {
  field,
  instrumentId,
  StateMisfitError,
  stateSchema,
  type Instrument,
  type InstrumentId,
  type SchemaOf,
} from '@triplane/contracts'
import { err, ok, type Result } from '@triplane/kernel'
import type { Decision, OrderLimits, Strategy, StrategyContext, StrategyDefinition } from '@triplane/strategy'
import { z } from 'zod'
import { checkDecisions } from './check-decisions.ts'
import { parametersOf, type StrategyConfig } from './config.ts'
import { WarmUp, warmUpSchema } from './warm-up.ts'

/** Why an operator's tuning was refused and changed nothing. `not_taken`: the strategy threw on the new parameters. */
export const tuningRefusals = ['unknown_strategy', 'bad_parameters', 'not_taken'] as const

/** A tuning that was refused. */
export interface TuningRefusal {
  readonly code: (typeof tuningRefusals)[number]
  readonly detail: string
}

/** Why a decision was refused: its instrument is only quoted. */
export const decisionRefusals = ['not_traded'] as const
type DecisionRefusal = (typeof decisionRefusals)[number]

/** An event in the life of a strategy, apart from its decisions. */
export type StrategyNotice = { readonly strategy: string; readonly detail: string } & (
  | { readonly code: 'suspended' | 'released' | 'tuned' | 'warming_up' | 'warm' }
  | { readonly code: 'tuning_refused'; readonly reason: TuningRefusal['code'] }
  | { readonly code: 'decision_refused'; readonly reason: DecisionRefusal }
)

/** A strategy as it is saved. */
export interface SavedStrategy {
  readonly name: string
  /** In the schema of its definition; null if it is suspended, or threw while saving: then it starts over. */
  readonly state: unknown
  /** The parameters that operators tuned, as a JSON object. */
  readonly tuned: string
  /** Null: it is active. */
  readonly suspendedWhy: string | null
  readonly warmUp: ReturnType<WarmUp['snapshot']>
}

/** The schema of saved strategies. */
export function savedStrategiesSchema(definitions: readonly StrategyDefinition[]): SchemaOf<readonly SavedStrategy[]> {
  const saved = definitions.map(({ name, state }) =>
    stateSchema({
      name: field.literal(name),
      state: field.orNull(state),
      tuned: field.text,
      suspendedWhy: field.orNull(field.text),
      warmUp: field.list(warmUpSchema),
    }),
  )
  return field.as(field.list(field.either(saved)))
}

/** What strategies are created with, besides their parameters. */
export interface StrategyWorld {
  readonly universe: readonly Instrument[]
  /** Instruments that strategies may read and not trade. */
  readonly quoted: readonly Instrument[]
  /** The position of a strategy in an instrument: signed base units. */
  readonly position: (strategy: string, instrument: InstrumentId) => number
}

const object = z.record(z.string(), z.unknown())
type ParameterValues = z.output<typeof object>

/**
 * A running strategy.
 *
 * Invariants
 * 1. Its errors end here: it is suspended, emits nothing, and is not called again until it is released.
 * 2. Parameters that do not fit, or that it refuses, change nothing.
 * 3. After a release it starts from scratch: its state from before the error cannot be trusted.
 */
export class ActiveStrategy {
  readonly name: string
  /** The share of its target that it gets, 0-1. */
  readonly weight: number
  readonly inputs: StrategyDefinition['inputs']
  readonly #definition: StrategyDefinition
  readonly #context: Omit<StrategyContext<unknown>, 'parameters'>
  readonly #instruments: ReadonlySet<InstrumentId>
  readonly #configured: ParameterValues
  #tuned: ParameterValues
  #limits: OrderLimits | undefined
  #suspendedWhy: string | undefined
  #warmUp: WarmUp
  /** Undefined while it is suspended. */
  #strategy: Strategy | undefined

  /** Throws what the definition throws, and StateMisfitError when tuned parameters no longer fit. */
  constructor(
    config: StrategyConfig,
    definition: StrategyDefinition,
    { universe, quoted, position }: StrategyWorld,
    saved?: SavedStrategy,
  ) {
    const { name, inputs } = definition
    this.name = name
    this.weight = config.strategyWeights[name] ?? 1
    this.inputs = inputs
    this.#definition = definition
    const isQuoted = new Set(quoted.map(instrumentId))
    const held = (instrument: InstrumentId) => (isQuoted.has(instrument) ? 0 : position(name, instrument))
    this.#context = { universe, quoted, position: held }
    this.#instruments = new Set([...universe, ...quoted].map(instrumentId))
    this.#configured = object.parse(parametersOf(config, definition))
    this.#tuned = saved ? tunedOf(saved, definition, this.#configured) : {}
    this.#suspendedWhy = saved?.suspendedWhy ?? undefined
    this.#limits = definition.limits?.(this.parameters)
    // One without saved state starts over.
    const hasHistory = saved !== undefined && saved.state !== null
    this.#warmUp = new WarmUp(definition.warmUp(this.parameters), universe, hasHistory ? saved.warmUp : [])
    if (this.#suspendedWhy === undefined) this.#strategy = this.#opened(this.parameters, saved?.state ?? undefined)
  }

  /** Its current parameters. */
  get parameters(): ParameterValues {
    return { ...this.#configured, ...this.#tuned }
  }

  /** The limits of the orders it requests itself; undefined: it gives opinions. */
  get limits(): OrderLimits | undefined {
    return this.#limits
  }

  /** How much of its declared history it has received. */
  get warmUp(): WarmUp {
    return this.#warmUp
  }

  /** The error that suspended it; undefined while it is active. */
  get suspendedWhy(): string | undefined {
    return this.#suspendedWhy
  }

  /** Calls it through `put` and gives its decisions; undefined when that suspended it. */
  ask<Given>(
    put: (strategy: Strategy, given: Given) => readonly Decision[],
    given: Given,
  ): readonly Decision[] | undefined {
    const strategy = this.#strategy
    if (!strategy) return []
    try {
      const decisions = put(strategy, given)
      if (decisions.length > 0) checkDecisions(decisions, { instruments: this.#instruments, limits: this.#limits })
      return decisions
    } catch (error) {
      this.#strategy = undefined
      this.#suspendedWhy = messageOf(error)
      return undefined
    }
  }

  /** Merges a JSON object into its parameters and keeps its state. */
  tune(text: string): Result<void, TuningRefusal> {
    const given = parsed(text)
    if (!given) return err({ code: 'bad_parameters', detail: `Expected a JSON object, was ${text}` })
    const tuned = { ...this.#tuned, ...given }
    const parameters = { ...this.#configured, ...tuned }
    try {
      const fitting = this.#definition.parameters.safeParse(parameters)
      if (!fitting.success) return err({ code: 'bad_parameters', detail: z.prettifyError(fitting.error) })
      const limits = this.#definition.limits?.(parameters)
      const wanted = this.#definition.warmUp(parameters)
      if (this.#strategy) this.#strategy = this.#opened(parameters, this.#strategy.snapshot())
      this.#warmUp.retune(wanted)
      this.#limits = limits
      this.#tuned = tuned
      return ok(undefined)
    } catch (error) {
      return err({ code: 'not_taken', detail: messageOf(error) })
    }
  }

  /** Starts it over if it was suspended. False: it was not, or threw again. */
  release(): boolean {
    if (this.#suspendedWhy === undefined) return false
    try {
      this.#strategy = this.#opened(this.parameters)
      this.#warmUp = new WarmUp(this.#definition.warmUp(this.parameters), this.#context.universe)
      this.#suspendedWhy = undefined
      return true
    } catch (error) {
      this.#suspendedWhy = messageOf(error)
      return false
    }
  }

  snapshot(): SavedStrategy {
    return {
      name: this.name,
      state: this.#state() ?? null,
      tuned: JSON.stringify(this.#tuned),
      suspendedWhy: this.#suspendedWhy ?? null,
      warmUp: this.#warmUp.snapshot(),
    }
  }

  #state(): unknown {
    try {
      return this.#strategy?.snapshot()
    } catch {
      return undefined
    }
  }

  #opened(parameters: ParameterValues, state?: unknown): Strategy {
    return this.#definition.open({ ...this.#context, parameters }, state)
  }
}

/** Names the strategies that resume tuned or suspended rather than as configured; undefined when there are none. */
export function tunedNotice(saved: readonly SavedStrategy[] | undefined): string | undefined {
  const kept = (saved ?? []).flatMap(({ name, tuned, suspendedWhy }) => [
    ...(tuned === '{}' ? [] : [`${name} as it was tuned, ${tuned}, whatever its settings`]),
    ...(suspendedWhy === null ? [] : [`${name} suspended: ${suspendedWhy}`]),
  ])
  return kept.length > 0 ? `Strategies resume as they were left: ${kept.join('; ')}` : undefined
}

function tunedOf(
  { name, tuned }: SavedStrategy,
  { parameters }: StrategyDefinition,
  configured: ParameterValues,
): ParameterValues {
  const given = parsed(tuned)
  const fitting = given && parameters.safeParse({ ...configured, ...given })
  if (fitting?.success) return given ?? {}
  const why = fitting ? z.prettifyError(fitting.error) : 'no JSON object'
  throw new StateMisfitError(`Expected parameters of ${name} that were tuned to fit its settings, was ${tuned}: ${why}`)
}

function parsed(text: string): ParameterValues | undefined {
  try {
    return object.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** The message of any thrown value. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
