import { startService } from '@triplane/service'
import { composeStrategyPlane } from './compose.ts'
import { loadStrategyServiceConfig } from './config.ts'

await startService({ name: 'strategy-plane', config: loadStrategyServiceConfig, parts: composeStrategyPlane })
