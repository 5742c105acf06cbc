import { startService } from '@triplane/service'
import { composeOrderPlane } from './compose.ts'
import { loadOrderServiceConfig } from './config.ts'

await startService({ name: 'order-plane', config: loadOrderServiceConfig, parts: composeOrderPlane })
