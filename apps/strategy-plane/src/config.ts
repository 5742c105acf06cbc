import { composeConfig } from '@triplane/config'
import { accountKeys, accountSchema } from '@triplane/settings'
import { loadServiceConfig, planeSections } from '@triplane/service'
import { strategyConfigSchema } from '@triplane/strategy-core'

/** The settings of the strategy plane as a service. */
export const strategyServiceSchema = composeConfig({
  ...planeSections(8002),
  account: accountSchema,
  strategy: strategyConfigSchema.omit(accountKeys),
})

/** Every setting of the strategy plane as a service, checked. Throws a ConfigError that names every violation. */
export function loadStrategyServiceConfig(environment: Readonly<Record<string, string | undefined>>) {
  const { account, strategy, ...parts } = loadServiceConfig(strategyServiceSchema, environment)
  return { ...parts, strategy: { ...strategy, ...account } }
}

export type StrategyServiceConfig = ReturnType<typeof loadStrategyServiceConfig>
