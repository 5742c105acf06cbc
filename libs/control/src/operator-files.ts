import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ControlError, messageOf } from './control-error.ts'

/** 256 random bits, for a token or an audit key. */
const SECRET_BYTES = 32
const TOKEN = /^[\w-]{43}$/
const KEY = /^[0-9a-f]{64}$/

/** A secret on the disk, readable by its owner only. */
export interface SecretFile {
  readonly path: string
  readonly secret: string
}

/** The operator's token in `folder`, created if missing. Throws ControlError. */
export function operatorTokenFile(folder: string): SecretFile {
  return secretFile(folder, 'operator-token', TOKEN, () => randomBytes(SECRET_BYTES).toString('base64url'))
}

/** The key of the audit chain in `folder`, 64 hex digits, created if missing. Throws ControlError. */
export function auditKeyFile(folder: string): SecretFile {
  return secretFile(folder, 'audit-key', KEY, () => randomBytes(SECRET_BYTES).toString('hex'))
}

/** Never replaces an existing file: it has been used, and a chain of audit rows has one key. */
function secretFile(folder: string, name: string, form: RegExp, make: () => string): SecretFile {
  const path = join(folder, name)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const secret = read(path) ?? create(path, make())
    if (form.test(secret)) return { path, secret }
  } catch (error) {
    throw new ControlError('file_failed', `Cannot use ${path}: ${messageOf(error)}`, error)
  }
  throw new ControlError(
    'file_failed',
    `Expected ${path} to hold a whole secret, was something else. Remove it to have another made`,
  )
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Writes the whole file beside its place, then links it: a faster process keeps its own. */
function create(path: string, secret: string): string {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, `${secret}\n`, { mode: 0o600, flush: true })
  try {
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  return readFileSync(path, 'utf8').trim()
}
