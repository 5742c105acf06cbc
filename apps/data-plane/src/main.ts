import { runService } from '@triplane/service'
import { startDataService } from './compose.ts'
import { loadDataServiceConfig } from './config.ts'

await runService({
  service: 'data_plane',
  loadConfig: loadDataServiceConfig,
  logSettings: ({ log }) => log,
  stateFolder: ({ state }) => state.folder,
  start: startDataService,
})
