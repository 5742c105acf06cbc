import { readFileSync } from 'node:fs'
import { ConfigError } from './config-error.ts'

/**
 * Reads a JSON file. Throws a `ConfigError` if it cannot be read or is not JSON. The error for invalid JSON gives the place but
 * none of the text, which may hold a secret.
 */
export function readJsonFile(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    throw new ConfigError(file, [
      { path: '(file)', expected: 'a file that can be read', found: (error as Error).message },
    ])
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new ConfigError(file, [{ path: '(file)', expected: 'JSON', found: `none at ${endOfJson(text)}` }])
  }
}

/** The place where `text` stops being the beginning of valid JSON. */
function endOfJson(text: string): string {
  let [good, bad] = [0, text.length + 1]
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (isBeginning(text.slice(0, middle))) good = middle
    else bad = middle
  }
  const lines = text.slice(0, good).split('\n')
  const isWhole = good === text.length
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}${isWhole ? ', where it ends' : ''}`
}

/** True if parsing fails only because the text ends: the engine says so, or gives the end as the place. */
function isBeginning(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    const { message } = error as Error
    const position = /at position (\d+)/.exec(message)?.[1]
    return /end of JSON input/.test(message) || (position !== undefined && Number(position) >= text.length)
  }
}
