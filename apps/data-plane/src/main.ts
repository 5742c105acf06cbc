import { startService } from '@triplane/service'
import { composeDataPlane } from './compose.ts'
import { loadDataServiceConfig } from './config.ts'

await startService({ name: 'data-plane', config: loadDataServiceConfig, parts: composeDataPlane })
