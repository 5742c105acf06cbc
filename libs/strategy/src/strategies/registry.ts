import type { z } from 'zod'
import type { StrategyDefinition } from './define-strategy.ts'
import { maker } from './maker.ts'
import { momentum } from './momentum.ts'
import { ofi } from './ofi.ts'

/** Every strategy that comes with Triplane. */
export const strategies = [ofi, momentum, maker] as const satisfies readonly StrategyDefinition[]

type BuiltIn = (typeof strategies)[number]

/** The settings of each of them under its key. */
export type ParameterShape = { [D in BuiltIn as Lowercase<D['name']>]: D['parameters'] }

/** Where the settings of a strategy are among those of the plane. */
export function settingsKey({ name }: Pick<StrategyDefinition, 'name'>): string {
  return name.toLowerCase()
}

/** The schemas of the settings of strategies, by their keys. */
export function parameterShape(definitions: readonly StrategyDefinition[]): Record<string, z.ZodType> {
  return Object.fromEntries(definitions.map((definition) => [settingsKey(definition), definition.parameters]))
}
