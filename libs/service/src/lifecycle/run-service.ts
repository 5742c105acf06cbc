import { buildInfo, ConfigError } from '@triplane/config'
import { isFault, systemClock, type Clock } from '@triplane/kernel'
import { createLogger, type Level, type Logger } from '@triplane/logging'
import { leaveCrashNote } from './crash-note.ts'

/** A service that is under way. */
export interface Service {
  /** Resolves when the service has stopped in order; rejects with a fault that it cannot live with, or a bug. */
  readonly ended: Promise<void>
  /** Stops intake, finishes, flushes, commits, closes. */
  stop(): Promise<void>
}

export interface ServiceDefinition<Config> {
  /** The `service` of logs and metrics: data_plane, order_plane, strategy_plane. */
  readonly service: string
  readonly loadConfig: (environment: Readonly<Record<string, string | undefined>>) => Config
  readonly logSettings: (config: Config) => { readonly level: Level; readonly levels: Readonly<Record<string, Level>> }
  readonly stateFolder: (config: Config) => string
  readonly start: (config: Config, edges: { readonly logger: Logger; readonly clock: Clock }) => Promise<Service>
}

/** An ordered stop takes no longer, or the process ends without. Container engines kill after 10 s. */
const STOP_WITHIN_MS = 9_000

/**
 * The life of a service's process: configuration, start, signals, ordered stop, exit code. SIGTERM and SIGINT stop in
 * order; a second one ends at once. A bug or a rejected promise nobody handles is logged, leaves a crash note, by which the
 * next start halts trading, and ends the process with code 70.
 */
export async function runService<Config>(definition: ServiceDefinition<Config>): Promise<void> {
  const { service: name } = definition
  let config: Config
  try {
    config = definition.loadConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`triplane: ${error.message}\n`)
    process.exit(2)
  }
  const logger = createLogger({ service: name, ...definition.logSettings(config), destination: 'stdout' })
  const crash = (error: unknown, origin: string) => {
    logger.critical(`Crashed: ${origin}`, { error })
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    leaveCrashNote(definition.stateFolder(config), name, { atUs: systemClock.nowUs(), error: text })
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
    service = await definition.start(config, { logger, clock: systemClock })
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
