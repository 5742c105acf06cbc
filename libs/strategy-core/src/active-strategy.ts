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

/** Why an operator's tuning was refused; nothing has changed. `not_taken`: the strategy threw when it was given them. */
export const tuningRefusals = ['unknown_strategy', 'bad_parameters', 'not_taken'] as const

/** A tuning that was refused. */
export interface TuningRefusal {
  readonly code: (typeof tuningRefusals)[number]
  readonly detail: string
}

/** Why what a strategy said was refused: it is about an instrument that is only quoted. */
export const decisionRefusals = ['not_traded'] as const
type DecisionRefusal = (typeof decisionRefusals)[number]

/** What became of a strategy, beside what it says. */
export type StrategyNotice = { readonly strategy: string; readonly detail: string } & (
  | { readonly code: 'suspended' | 'released' | 'tuned' | 'warming_up' | 'warm' }
  | { readonly code: 'tuning_refused'; readonly reason: TuningRefusal['code'] }
  | { readonly code: 'decision_refused'; readonly reason: DecisionRefusal }
)

/** A strategy as it is saved. */
export interface SavedStrategy {
  readonly name: string
  /** As the schema of its definition has it; null of one that is suspended, or threw when it was asked for it: it begins anew. */
  readonly state: unknown
  /** JSON object of the parameters that operators tuned. */
  readonly tuned: string
  /** Null: it is asked. */
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

/** What strategies are opened with, beside their parameters. */
export interface StrategyWorld {
  readonly universe: readonly Instrument[]
  /** What may be read beside it. */
  readonly quoted: readonly Instrument[]
  /** What a strategy holds of an instrument: signed base units. */
  readonly position: (strategy: string, instrument: InstrumentId) => number
}

const object = z.record(z.string(), z.unknown())
type ParameterValues = z.output<typeof object>

/**
 * A strategy that runs.
 *
 * Invariants
 * 1. What it throws ends here: it is suspended, says nothing, and is asked no more until it is released.
 * 2. Parameters that do not fit, or that it does not take, change nothing.
 * 3. One that is released begins anew: what it remembered when it threw is not to be trusted.
 */
export class ActiveStrategy {
  readonly name: string
  /** Share of its target that it gets, 0-1. */
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

  /** Throws as the definition does, and StateMisfitError where parameters that were tuned do not fit. */
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
    // One whose state was lost begins anew.
    const hasHistory = saved !== undefined && saved.state !== null
    this.#warmUp = new WarmUp(definition.warmUp(this.parameters), universe, hasHistory ? saved.warmUp : [])
    if (this.#suspendedWhy === undefined) this.#strategy = this.#opened(this.parameters, saved?.state ?? undefined)
  }

  /** Those in force. */
  get parameters(): ParameterValues {
    return { ...this.#configured, ...this.#tuned }
  }

  /** Those of the orders that it asks for itself; undefined: it has opinions. */
  get limits(): OrderLimits | undefined {
    return this.#limits
  }

  /** What of its declared history it has had. */
  get warmUp(): WarmUp {
    return this.#warmUp
  }

  /** What it threw, or what it said that none may; undefined: it is asked. */
  get suspendedWhy(): string | undefined {
    return this.#suspendedWhy
  }

  /** What it says, as `put` asks it; undefined when that suspended it. */
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

  /** Goes on from its state with other parameters: those of a JSON object over those in force. */
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

  /** Asks it again, if it was suspended; it begins anew. False: it was not, or threw once more. */
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

/** Says which strategies go on as they were tuned or suspended, not as they are configured; undefined when none does. */
export function tunedNotice(saved: readonly SavedStrategy[] | undefined): string | undefined {
  const kept = (saved ?? []).flatMap(({ name, tuned, suspendedWhy }) => [
    ...(tuned === '{}' ? [] : [`${name} as it was tuned, ${tuned}, whatever its settings`]),
    ...(suspendedWhy === null ? [] : [`${name} suspended: ${suspendedWhy}`]),
  ])
  return kept.length > 0 ? `Strategies go on as they were left: ${kept.join('; ')}` : undefined
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

/** The message of anything that was thrown. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
