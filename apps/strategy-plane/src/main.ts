import { runService } from '@triplane/service'
import { startStrategyService } from './compose.ts'
import { loadStrategyServiceConfig } from './config.ts'

await runService({
  service: 'strategy_plane',
  loadConfig: loadStrategyServiceConfig,
  logSettings: ({ log }) => log,
  stateFolder: ({ state }) => state.folder,
  start: startStrategyService,
})
