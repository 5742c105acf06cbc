import { composeConfig } from '@triplane/config'
import { accountPart, loadServiceConfig, serviceParts } from '@triplane/service'
import { strategyConfigSchema } from './config.ts'

/** The settings of the strategy plane as a service. */
export const strategyServiceSchema = composeConfig({
  ...serviceParts(8002),
  account: accountPart,
  strategy: strategyConfigSchema.omit({ startingCashUsd: true, ratesToUsd: true }),
})

/** Every setting of the strategy plane as a service, checked. Throws a ConfigError that names every violation. */
export function loadStrategyServiceConfig(environment: Readonly<Record<string, string | undefined>>) {
  const { account, strategy, ...parts } = loadServiceConfig(strategyServiceSchema, environment)
  return { ...parts, strategy: { ...strategy, ...account, startingCashUsd: Number(account.startingCashUsd) } }
}

export type StrategyServiceConfig = ReturnType<typeof loadStrategyServiceConfig>
