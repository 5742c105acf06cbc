import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from '@triplane/config'

/** A source file: its name in messages, its name in its folder, and its text. */
export interface SourceFile {
  readonly file: string
  readonly name: string
  readonly content: string
}

/** The text of a file; undefined when there is none. */
export function readOptional(folder: string, path: string): SourceFile | undefined {
  const file = join(folder, path)
  try {
    return { file, name: path.replace(/^.*\//, ''), content: readFileSync(file, 'utf8') }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unreadable(file, error)
  }
}

/** The text of a file. Throws a `ConfigError` when there is none. */
export function readNeeded(folder: string, path: string): SourceFile {
  const found = readOptional(folder, path)
  if (found) return found
  throw new ConfigError(join(folder, path), [{ path: '(file)', expected: 'a file', found: 'nothing' }])
}

/** The files of a folder whose name matches, by name; none when there is no such folder. */
export function readFolder(folder: string, path: string, pattern: RegExp): readonly SourceFile[] {
  return namesIn(join(folder, path))
    .filter((name) => pattern.test(name))
    .map((name) => readNeeded(folder, `${path}/${name}`))
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw unreadable(folder, error)
  }
}

function unreadable(path: string, error: unknown): ConfigError {
  return new ConfigError(path, [{ path: '(file)', expected: 'to be readable', found: (error as Error).message }])
}
