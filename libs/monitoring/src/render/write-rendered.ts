import { chmodSync, chownSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { RenderedFile } from './render-monitoring.ts'

/** The list of the files that were written, in the folder itself. */
const MANIFEST = '.rendered.json'
const FOLDER_MODE = 0o755
const PLAIN_MODE = 0o444
const SECRET_MODE = 0o400

/** Ids of the user and the group that the servers run as. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

export interface Written {
  readonly written: readonly string[]
  readonly removed: readonly string[]
}

/**
 * Writes the files below `folder`. Each appears whole or not at all; one that is as it should be is not touched; one that an
 * earlier call wrote and that is no longer wanted is removed, anything else stays. Everybody may read them, a secret only `owner`,
 * or who runs this where no owner is given.
 */
export function writeRendered(folder: string, files: readonly RenderedFile[], owner?: Owner): Written {
  const before = readManifest(folder)
  const paths = files.map(({ path }) => path)
  const gone = before.filter((path) => !paths.includes(path))
  // Before anything else, so that what a call that was broken off wrote is known to the next.
  writeWhole(join(folder, MANIFEST), JSON.stringify([...new Set([...before, ...paths])]), PLAIN_MODE)
  const written = files.filter((file) => writeUnlessSame(folder, file, owner)).map(({ path }) => path)
  for (const path of gone) rmSync(join(folder, path), { force: true })
  writeWhole(join(folder, MANIFEST), JSON.stringify(paths), PLAIN_MODE)
  return { written, removed: gone }
}

function writeUnlessSame(folder: string, { path, content, isSecret = false }: RenderedFile, owner?: Owner): boolean {
  const file = join(folder, path)
  const mode = isSecret ? SECRET_MODE : PLAIN_MODE
  const reader = isSecret ? owner : undefined
  if (isSame(file, content, mode, reader)) return false
  writeWhole(file, content, mode, reader)
  return true
}

function isSame(file: string, content: string, mode: number, owner: Owner | undefined): boolean {
  try {
    const found = statSync(file)
    const isOwned = owner === undefined || (found.uid === owner.uid && found.gid === owner.gid)
    return isOwned && (found.mode & 0o777) === mode && readFileSync(file, 'utf8') === content
  } catch {
    // Not there, or not ours to read: it is written anew.
    return false
  }
}

function writeWhole(file: string, content: string, mode: number, owner?: Owner): void {
  makeFolder(dirname(file))
  const draft = `${file}.new`
  rmSync(draft, { force: true })
  writeFileSync(draft, content, { mode: 0o600 })
  // Whatever the umask is; and before it belongs to another.
  chmodSync(draft, mode)
  if (owner) chownSync(draft, owner.uid, owner.gid)
  renameSync(draft, file)
}

/** Folders that are made may be searched by everybody, whatever the umask is. */
function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true })
  for (let made: string = folder; first !== undefined && made.length >= first.length; made = dirname(made))
    chmodSync(made, FOLDER_MODE)
}

function readManifest(folder: string): readonly string[] {
  try {
    const paths: unknown = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8'))
    return Array.isArray(paths) ? paths.map(String).filter(isBelow) : []
  } catch {
    return []
  }
}

/** What the list names is removed some day: nothing outside the folder is. */
function isBelow(path: string): boolean {
  return !path.startsWith('/') && !path.split('/').includes('..')
}
