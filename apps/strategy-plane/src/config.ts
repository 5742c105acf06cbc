import { composeConfig } from '@triplane/config'
import { accountKeys, accountSchema } from '@triplane/settings'
import { loadServiceConfig, planeSections } from '@triplane/service'
import { strategies as builtIn, type StrategyDefinition } from '@triplane/strategy'
import { strategyConfigOf } from '@triplane/strategy-core'

const schemaOf = (strategies: readonly StrategyDefinition[]) =>
  composeConfig({
    ...planeSections(8002),
    account: accountSchema,
    strategy: strategyConfigOf(strategies).omit(accountKeys),
  })

/** The settings of the strategy plane as a service. */
export const strategyServiceSchema = schemaOf(builtIn)

/**
 * Every setting of the strategy plane as a service, validated, with those of the strategies that it may name. Throws a
 * ConfigError that names every violation.
 */
export function loadStrategyServiceConfig(
  environment: Readonly<Record<string, string | undefined>>,
  strategies: readonly StrategyDefinition[] = builtIn,
) {
  const { account, strategy, ...parts } = loadServiceConfig(schemaOf(strategies), environment)
  return { ...parts, strategies, strategy: { ...strategy, ...account } }
}

export type StrategyServiceConfig = ReturnType<typeof loadStrategyServiceConfig>
