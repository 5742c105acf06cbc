import { chmodSync, chownSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { RenderedFile } from './render-monitoring.ts'

/** The list of the files that were written: one in each server's folder, which may be a separate volume. */
const MANIFEST = '.rendered.json'
const FOLDER_MODE = 0o755
const PLAIN_MODE = 0o444
const SECRET_MODE = 0o400

/** The user and group ids of the servers. */
export interface Owner {
  readonly uid: number
  readonly gid: number
}

export interface Written {
  readonly written: readonly string[]
  readonly removed: readonly string[]
}

/**
 * Writes the files below `folder`. Each appears whole or not at all; an unchanged one is not touched; one that an earlier call
 * wrote and that is now obsolete is removed; other files stay. All files are readable by everyone, secrets only by `owner`, or
 * by the current user without one.
 */
export function writeRendered(folder: string, files: readonly RenderedFile[], owner?: Owner): Written {
  const servers = [...new Set(files.map(({ path }) => path.replace(/\/.*/, '/')))]
  const done = servers.map((server) => {
    const below = files.filter(({ path }) => path.startsWith(server))
    return writeServer(folder, server, below, owner)
  })
  return { written: done.flatMap(({ written }) => written), removed: done.flatMap(({ removed }) => removed) }
}

function writeServer(folder: string, server: string, files: readonly RenderedFile[], owner?: Owner): Written {
  const manifest = join(folder, server, MANIFEST)
  const before = readManifest(manifest).filter((path) => path.startsWith(server))
  const paths = files.map(({ path }) => path)
  const removed = before.filter((path) => !paths.includes(path))
  // Written first, so that the next call knows what an interrupted one wrote.
  writeUnlessSame(manifest, JSON.stringify([...paths, ...removed]), PLAIN_MODE)
  const written = files.filter(({ path, content, isSecret = false }) => {
    const file = join(folder, path)
    return isSecret ? writeUnlessSame(file, content, SECRET_MODE, owner) : writeUnlessSame(file, content, PLAIN_MODE)
  })
  for (const path of removed) removeFile(join(folder, path))
  writeUnlessSame(manifest, JSON.stringify(paths), PLAIN_MODE)
  return { written: written.map(({ path }) => path), removed }
}

/** True when the file was missing or different. */
function writeUnlessSame(file: string, content: string, mode: number, owner?: Owner): boolean {
  if (isSame(file, content, mode, owner)) return false
  writeWhole(file, content, mode, owner)
  return true
}

function isSame(file: string, content: string, mode: number, owner: Owner | undefined): boolean {
  try {
    const found = statSync(file)
    const isOwned = owner === undefined || (found.uid === owner.uid && found.gid === owner.gid)
    return isOwned && (found.mode & 0o777) === mode && readFileSync(file, 'utf8') === content
  } catch {
    // Missing, or not readable by us: it is written again.
    return false
  }
}

function writeWhole(file: string, content: string, mode: number, owner?: Owner): void {
  makeFolder(dirname(file))
  const draft = `${file}.new`
  rmSync(draft, { force: true })
  try {
    writeFileSync(draft, content, { mode: 0o600 })
    // Independent of the umask; and before the file changes its owner.
    chmodSync(draft, mode)
    if (owner) chownSync(draft, owner.uid, owner.gid)
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

/** Anything else of that name is not ours. */
function removeFile(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isFile()) rmSync(file)
}

/** Creates folders that everyone may search, independent of the umask. */
function makeFolder(folder: string): void {
  const first = mkdirSync(folder, { recursive: true })
  for (let made: string = folder; first !== undefined && made.length >= first.length; made = dirname(made))
    chmodSync(made, FOLDER_MODE)
}

function readManifest(manifest: string): readonly string[] {
  try {
    const paths: unknown = JSON.parse(readFileSync(manifest, 'utf8'))
    return Array.isArray(paths) ? paths.map(String).filter(isBelow) : []
  } catch {
    return []
  }
}

/** Files on the list are removed some day, so it must not name any outside of the folder. */
function isBelow(path: string): boolean {
  return !path.startsWith('/') && !path.split('/').includes('..')
}
