import { startService } from '@triplane/service'
import { loadStrategies } from '@triplane/user-strategies'
import { composeStrategyPlane } from './compose.ts'
import { loadStrategyServiceConfig } from './config.ts'

await startService({
  name: 'strategy-plane',
  config: async (environment) =>
    loadStrategyServiceConfig(environment, await loadStrategies(environment['TRIPLANE_STRATEGIES'])),
  parts: composeStrategyPlane,
})
