import { runService } from '@triplane/service'
import { startStrategyService } from './service.ts'
import { loadStrategyServiceConfig } from './service-config.ts'

await runService({
  service: 'strategy_plane',
  loadConfig: loadStrategyServiceConfig,
  logSettings: ({ log }) => log,
  stateFolder: ({ state }) => state.folder,
  start: startStrategyService,
})
