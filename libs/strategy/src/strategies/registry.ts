import type { z } from 'zod'
import { NET, type StrategyDefinition } from './define-strategy.ts'
import { maker } from './maker.ts'
import { momentum } from './momentum.ts'
import { ofi } from './ofi.ts'

/** Every strategy that comes with Triplane. */
export const strategies = [ofi, momentum, maker] as const satisfies readonly StrategyDefinition[]

/** The strategies that run by default. */
export const defaultStrategies: readonly string[] = [ofi.name]

type BuiltIn = (typeof strategies)[number]

/** The settings of each, under its key. */
export type ParameterShape = { [D in BuiltIn as Lowercase<D['name']>]: D['parameters'] }

/** The key of a strategy's settings within those of the plane. */
export function settingsKey({ name }: Pick<StrategyDefinition, 'name'>): string {
  return name.toLowerCase()
}

/** The values of the label `strategy` in a run: several strategies also share orders. */
export function strategyLabels(names: readonly string[]): readonly string[] {
  return names.length > 1 ? [...names, NET] : names
}

/** The schemas of the strategies' settings, by key. */
export function parameterShape(definitions: readonly StrategyDefinition[]): Record<string, z.ZodType> {
  return Object.fromEntries(definitions.map((definition) => [settingsKey(definition), definition.parameters]))
}
