import { AsyncLocalStorage } from 'node:async_hooks'
import { maskSecrets } from '@triplane/config'
import type { Clock } from '@triplane/kernel'
import { levelOf, levels, type Level } from './levels.ts'
import { createLineWriter, type Destination } from './line-writer.ts'

/** Fields that describe a line's subject. Secrets are masked by name, errors written as name, message, code and stack. */
type Context = Readonly<Record<string, unknown>>

/** Writes log lines of one module. */
export interface Logger {
  readonly name: string
  debug(message: string, context?: Context): void
  info(message: string, context?: Context): void
  warning(message: string, context?: Context): void
  error(message: string, context?: Context): void
  critical(message: string, context?: Context): void
  /** The logger of a part of this module: `feeds.binance` of `feeds`. It inherits all context bound to this one, now or later. */
  child(name: string): Logger
  /** Permanently adds context to every later line of this logger and its children. Returns this logger. */
  bind(context: Context): Logger
  /** Adds context to every line written by any logger while `scope` runs, promises included. */
  context<T>(context: Context, scope: () => T): T
}

export interface LoggingOptions {
  /** The `service` of every line: data_plane, order_plane, ... */
  readonly service: string
  /** The lowest level that is written. Default INFO. */
  readonly level?: Level
  /** Levels of modules and their parts: `{ feeds: 'DEBUG', 'feeds.binance': 'ERROR' }`. */
  readonly levels?: Readonly<Record<string, Level>>
  /** Default stderr. */
  readonly destination?: Destination
  readonly clock?: Clock
}

/** Fields that every line has; a field of the context with such a name is written as `context_<name>`. */
const OWN_FIELDS = ['timestamp', 'level', 'logger', 'message', 'service']

/**
 * Builds the root logger of a service, named after it. A line is JSON: timestamp (ISO 8601, UTC), level, logger, message,
 * service, then the context: bound fields, then the scope's, then the call's; the last of equal fields wins.
 */
export function createLogger({
  service,
  level = 'INFO',
  levels: levelOfModule = {},
  destination = 'stderr',
  clock,
}: LoggingOptions): Logger {
  const writeLine = createLineWriter(destination, clock)
  const scopes = new AsyncLocalStorage<Context>()

  function loggerOf(name: string, inherited: () => Context): Logger {
    const least = levels.indexOf(levelOf(name, level, levelOfModule))
    let own: Context = {}
    const bound = (): Context => ({ ...inherited(), ...own })
    const at =
      (lineLevel: Level) =>
      (message: string, context?: Context): void => {
        if (levels.indexOf(lineLevel) < least) return
        const fields = fieldsOf({ ...bound(), ...scopes.getStore(), ...context })
        writeLine({ level: lineLevel, logger: name, message, service, ...fields })
      }
    const logger: Logger = {
      name,
      debug: at('DEBUG'),
      info: at('INFO'),
      warning: at('WARNING'),
      error: at('ERROR'),
      critical: at('CRITICAL'),
      child: (part) => loggerOf(name === service ? part : `${name}.${part}`, bound),
      bind(context) {
        own = { ...own, ...context }
        return logger
      },
      context: (context, scope) => scopes.run({ ...scopes.getStore(), ...context }, scope),
    }
    return logger
  }

  return loggerOf(service, () => ({}))
}

function fieldsOf(context: Context): Context {
  const masked = maskSecrets(context) as Context
  if (!OWN_FIELDS.some((name) => name in masked)) return masked
  return Object.fromEntries(
    Object.entries(masked).map(([name, value]) => [OWN_FIELDS.includes(name) ? `context_${name}` : name, value]),
  )
}
