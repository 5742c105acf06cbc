import { createLogger, type Logger } from '@triplane/logging'

export interface LoggedLine {
  readonly level: string
  readonly message: string
  readonly [field: string]: unknown
}

/** A logger, and the lines it wrote. */
export function loggedLines(): { readonly logger: Logger; readonly lines: LoggedLine[] } {
  const lines: LoggedLine[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as LoggedLine) }
  return { logger: createLogger({ service: 'test', destination }), lines }
}
