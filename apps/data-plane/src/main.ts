import { runService } from '@triplane/service'
import { startDataService } from './service.ts'
import { loadDataServiceConfig } from './service-config.ts'

await runService({
  service: 'data_plane',
  loadConfig: loadDataServiceConfig,
  logSettings: ({ log }) => log,
  stateFolder: ({ state }) => state.folder,
  start: startDataService,
})
