import { buildInfo, ConfigError } from '@triplane/config'
import { labelOf } from '@triplane/contracts'
import { isFault, systemClock } from '@triplane/kernel'
import { createLogger } from '@triplane/logging'
import type { ServiceConfig } from '../service-config.ts'
import { leaveCrashNote } from './crash-note.ts'
import { openService } from './open-service.ts'
import type { Service, ServiceEdges, ServiceParts } from './service-part.ts'

export interface ServiceDefinition<Config extends ServiceConfig> {
  /** For example data-plane: the name in logs, metrics and the crash note, in the spelling of labels. */
  readonly name: string
  /** Reads the settings from the environment. Throws a ConfigError that names every violation. */
  readonly config: (environment: Readonly<Record<string, string | undefined>>) => Config | Promise<Config>
  /** Composes the parts of the service. */
  readonly parts: (config: Config, edges: ServiceEdges) => ServiceParts | Promise<ServiceParts>
}

/** The time limit of a clean shutdown. Container engines kill after 10 s. */
const STOP_WITHIN_MS = 9_000

/**
 * Runs a service's process: configuration, logs, port, parts, signals, clean shutdown, exit code. SIGTERM and SIGINT
 * stop it cleanly; a second one ends it at once. A bug, or an unhandled rejection, is logged, leaves a crash note,
 * which makes the next start of a plane halt trading, and ends the process with code 70.
 */
export async function startService<Config extends ServiceConfig>(definition: ServiceDefinition<Config>): Promise<void> {
  const name = labelOf(definition.name)
  let config: Config
  try {
    config = await definition.config(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`triplane: ${error.message}\n`)
    process.exit(2)
  }
  const logger = createLogger({ service: name, ...config.log, destination: 'stdout' })
  const edges = { logger, clock: systemClock }
  const crash = (error: unknown, origin: string) => {
    logger.critical(`Crashed: ${origin}`, { error })
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    leaveCrashNote(config.state.folder, name, { atUs: systemClock.nowUs(), error: text })
    process.exit(70)
  }
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', (reason) => crash(reason, 'unhandledRejection'))

  let service: Service | undefined
  let isStopping = false
  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) process.exit(130)
    isStopping = true
    logger.info('Stopping', { signal })
    setTimeout(() => {
      logger.error('Stopping took too long', { limit_ms: STOP_WITHIN_MS })
      process.exit(1)
    }, STOP_WITHIN_MS).unref()
    void service?.stop()
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)

  try {
    service = await openService(config, await definition.parts(config, edges), edges)
    logger.info('Started', { node: process.version, ...buildInfo })
    if (isStopping) await service.stop()
    await service.ended
    logger.info('Stopped')
    process.exit(0)
  } catch (error) {
    if (isFault(error)) {
      logger.critical(error.message, { error })
      process.exit(1)
    }
    crash(error, 'bug')
  }
}
