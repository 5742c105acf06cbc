// Loggers
export { createLogger, type Context, type Logger, type LoggingOptions } from './logger.ts'
export { levels, type Level } from './levels.ts'
export type { Destination } from './line-writer.ts'
// Lines about events
export { logEvent } from './log-event.ts'
