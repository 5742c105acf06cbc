import type { z } from 'zod'
import { NET, type StrategyDefinition } from './define-strategy.ts'
import { maker } from './maker.ts'
import { momentum } from './momentum.ts'
import { ofi } from './ofi.ts'

/** Every strategy that comes with Triplane. */
export const strategies = [ofi, momentum, maker] as const satisfies readonly StrategyDefinition[]

/** Those that run unless the settings say others. */
export const defaultStrategies: readonly string[] = [ofi.name]

type BuiltIn = (typeof strategies)[number]

/** The settings of each of them under its key. */
export type ParameterShape = { [D in BuiltIn as Lowercase<D['name']>]: D['parameters'] }

/** Where the settings of a strategy are among those of the plane. */
export function settingsKey({ name }: Pick<StrategyDefinition, 'name'>): string {
  return name.toLowerCase()
}

/** The label values of `strategy` in a run of these: with several there are orders that they share. */
export function strategyLabels(names: readonly string[]): readonly string[] {
  return names.length > 1 ? [...names, NET] : names
}

/** The schemas of the settings of strategies, by their keys. */
export function parameterShape(definitions: readonly StrategyDefinition[]): Record<string, z.ZodType> {
  return Object.fromEntries(definitions.map((definition) => [settingsKey(definition), definition.parameters]))
}
