import { runService } from '@triplane/service'
import { startOrderService } from './compose.ts'
import { loadOrderServiceConfig } from './config.ts'

await runService({
  service: 'order_plane',
  loadConfig: loadOrderServiceConfig,
  logSettings: ({ log }) => log,
  stateFolder: ({ state }) => state.folder,
  start: startOrderService,
})
