import { runService } from '@triplane/service'
import { startOrderService } from './service.ts'
import { loadOrderServiceConfig } from './service-config.ts'

await runService({
  service: 'order_plane',
  loadConfig: loadOrderServiceConfig,
  logSettings: ({ log }) => log,
  stateFolder: ({ state }) => state.folder,
  start: startOrderService,
})
