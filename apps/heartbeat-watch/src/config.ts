import { composeConfig } from '@triplane/config'
import { loadServiceConfig, serviceSections } from '@triplane/service'

const schema = composeConfig(serviceSections(8003))

/** The settings of heartbeat-watch: those that every service has. Throws a ConfigError that names every violation. */
export function loadHeartbeatWatchConfig(environment: Readonly<Record<string, string | undefined>>) {
  return loadServiceConfig(schema, environment)
}

export type HeartbeatWatchConfig = ReturnType<typeof loadHeartbeatWatchConfig>
