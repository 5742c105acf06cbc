import { kafkaSource, startService } from '@triplane/service'
import { composeHeartbeatWatch } from './compose.ts'
import { loadHeartbeatWatchConfig } from './config.ts'

await startService({
  name: 'heartbeat-watch',
  config: loadHeartbeatWatchConfig,
  parts: (config, edges) => composeHeartbeatWatch(config, edges, kafkaSource(config.kafka, 'heartbeat-watch', edges)),
})
