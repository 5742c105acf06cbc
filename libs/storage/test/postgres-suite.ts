import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBinaries } from '../src/embedded/binaries.ts'

/** `describe` for suites that need the embedded Postgres. Skipped without binaries, with the reason in its name. */
export function describeWithPostgres(name: string, suite: () => void): void {
  const missing = missingBinaries()
  if (missing === undefined) describe(name, suite)
  else describe.skip(`${name} [not run: ${missing}]`, () => it('needs the embedded Postgres', () => undefined))
}

function missingBinaries(): string | undefined {
  try {
    findBinaries()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const made: string[] = []

/** A new folder that every user can enter, or, with `mode`, fewer. Removed by `removeFolders`. */
export function aFolder(mode = 0o755): string {
  const folder = mkdtempSync(join(tmpdir(), 'triplane-storage-'))
  chmodSync(folder, mode)
  made.push(folder)
  return folder
}

export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
}
