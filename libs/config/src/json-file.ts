import { readFileSync } from 'node:fs'
import { ConfigError } from './config-error.ts'

/** The content of a JSON file. Throws a `ConfigError` when it cannot be read or is not JSON. */
export function readJsonFile(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError(file, [
      { path: '(file)', expected: 'a file that can be read', found: (error as Error).message },
    ])
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw new ConfigError(file, [{ path: '(file)', expected: 'JSON', found: (error as Error).message }])
  }
}
