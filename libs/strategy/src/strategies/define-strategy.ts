import { isStrategyName, stateGuard, timeframes, type StateSchema } from '@triplane/contracts'
import { invariant } from '@triplane/kernel'
import type { z } from 'zod'
import {
  tickTypes,
  type OrderLimits,
  type Strategy,
  type StrategyContext,
  type StrategyInputs,
  type WarmUpBars,
} from './strategy.ts'

/** The label of an order that several strategies share. No strategy may have this name. */
export const NET = 'NET'

/** A strategy that can be chosen by its name. */
export interface StrategyDefinition<Name extends string = string, Parameters extends z.ZodType = z.ZodType> {
  /** Capital letters and digits: label, id and part of its settings' names. */
  readonly name: Name
  /** The idea, and who published it, in one sentence. */
  readonly doc: string
  /** The schema of its settings, with defaults. Operators may change them while it runs: it keeps its state. */
  readonly parameters: Parameters
  readonly inputs: StrategyInputs
  /** The history it needs of each instrument before its decisions count; empty by default. */
  readonly warmUp: (parameters: unknown) => readonly WarmUpBars[]
  /** The limits of the orders it requests itself. Undefined: it gives opinions and requests no orders. */
  readonly limits: ((parameters: unknown) => OrderLimits) | undefined
  /** The schema of its saved state. */
  readonly state: StateSchema
  /**
   * Parameters that make it signal at once, to rehearse the path from a frame to an order. Undefined: it is not
   * rehearsed.
   */
  readonly eager: (parameters: unknown) => unknown
  /**
   * Creates it, from its saved state if there is one. Throws StateMisfitError for state that does not fit, ZodError for
   * parameters that do not.
   */
  open(context: StrategyContext<unknown>, saved?: unknown): Strategy
}

/** Defines a strategy. */
export function defineStrategy<const Name extends string, Parameters extends z.ZodType, State>({
  create,
  warmUp,
  limits,
  eager,
  ...definition
}: {
  readonly name: Name
  readonly doc: string
  readonly parameters: Parameters
  readonly inputs: StrategyInputs
  readonly warmUp?: (parameters: z.output<Parameters>) => readonly WarmUpBars[]
  readonly limits?: (parameters: z.output<Parameters>) => OrderLimits
  readonly state: StateSchema & { readonly static: State }
  readonly eager?: (parameters: z.output<Parameters>) => z.output<Parameters>
  readonly create: (context: StrategyContext<z.output<Parameters>>, saved?: State) => Strategy<State>
}): StrategyDefinition<Name, Parameters> {
  const { name, inputs, state, parameters: schema } = definition
  invariant(isStrategyName(name) && name !== NET, 'a strategy has a name of capitals that is not NET', name)
  // A user's file is compiled without type checks.
  for (const type of inputs.events ?? [])
    invariant(tickTypes.includes(type), `a strategy hears ${tickTypes.join(', ')}`, `${name}, ${type}`)
  for (const timeframe of inputs.bars ?? [])
    invariant(
      timeframes.includes(timeframe),
      `a strategy hears bars of ${timeframes.join(', ')}`,
      `${name}, ${timeframe}`,
    )
  const fits = stateGuard<State>(state, name)

  function declaredWarmUp(parameters: z.output<Parameters>): readonly WarmUpBars[] {
    const wanted = warmUp?.(parameters) ?? []
    for (const { timeframe, bars } of wanted) {
      const isHeard = inputs.bars?.includes(timeframe) ?? false
      invariant(isHeard, 'a strategy hears the bars that it warms up with', `${name}, ${timeframe}`)
      invariant(Number.isInteger(bars) && bars > 0, 'a strategy warms up with a number of bars', `${name}, ${bars}`)
    }
    return wanted
  }

  function declaredLimits(of: NonNullable<typeof limits>, parameters: z.output<Parameters>): OrderLimits {
    const declared = of(parameters)
    for (const [limit, amount] of Object.entries(declared))
      invariant(amount >= 0 && Number.isFinite(amount), `${limit} is an amount`, amount)
    return declared
  }

  return {
    ...definition,
    warmUp: (parameters) => declaredWarmUp(schema.parse(parameters)),
    limits: limits && ((parameters) => declaredLimits(limits, schema.parse(parameters))),
    eager: (parameters) => eager?.(schema.parse(parameters)),
    open({ parameters, ...given }, saved) {
      const context = { ...given, parameters: schema.parse(parameters) }
      const strategy = saved !== undefined && fits(saved) ? create(context, saved) : create(context)
      const takesPast = strategy.onPastBar !== undefined || declaredWarmUp(context.parameters).length === 0
      invariant(takesPast, 'a strategy that warms up takes past bars', name)
      return strategy
    },
  }
}
