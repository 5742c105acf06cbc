import { startService } from '@triplane/service'
import { heartbeatWatch } from './heartbeat-watch.ts'

await startService(heartbeatWatch)
