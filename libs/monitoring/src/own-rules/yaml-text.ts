import { ConfigError, type Violation } from '@triplane/config'
import { parseDocument, stringify } from 'yaml'

/** Reads YAML. Throws a `ConfigError` that names file, line and column of a syntax error. */
export function parseYaml(file: string, text: string): unknown {
  const document = parseDocument(text)
  if (document.errors.length === 0) return document.toJS()
  throw new ConfigError(
    file,
    document.errors.map(({ message, linePos }): Violation => {
      const { line, col } = linePos?.[0] ?? { line: 1, col: 1 }
      // The message has an excerpt below its first line.
      const found = (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '')
      return { path: `line ${line}, column ${col}`, expected: 'YAML', found }
    }),
  )
}

/** YAML as Prometheus and Alertmanager read it: version 1.1, in which an unquoted 09:30 is a number. */
export function yamlText(value: object): string {
  return stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false })
}
