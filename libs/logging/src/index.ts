// Loggers
export { createLogger, type Logger } from './logger.ts'
export { levels } from './levels.ts'
// Lines about events
export { logEvent } from './log-event.ts'
