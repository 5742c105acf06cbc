import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StorageError } from '../storage-error.ts'

/** Names the process that owns a folder, and its start: process numbers are reused. */
const OWNER_FILE = 'owner'

/**
 * Makes this process the owner of a folder until it is released or the process ends, however it ends. Returns the function that
 * releases it. Throws StorageError `folder_busy` while another process owns it.
 */
export function ownFolder(folder: string): () => void {
  const file = join(folder, OWNER_FILE)
  const us = identityOf(process.pid)
  for (;;) {
    if (place(file, us)) break
    const owner = read(file)
    if (owner === us) break
    if (owner !== undefined && isAlive(owner)) throw busy(folder, owner)
    // Of two processes that find a stale file one removes it; what the other removes is checked again.
    const taken = `${file}.${process.pid}`
    try {
      renameSync(file, taken)
    } catch {
      continue
    }
    const found = read(taken)
    rmSync(taken)
    if (found !== undefined && isAlive(found)) place(file, found)
  }
  return () => {
    if (read(file) === us) rmSync(file, { force: true })
  }
}

/** Creates the file, complete, if there is none. */
function place(file: string, owner: string): boolean {
  const draft = `${file}.${process.pid}.draft`
  writeFileSync(draft, owner)
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

function isAlive(owner: string): boolean {
  return identityOf(Number.parseInt(owner, 10)) === owner
}

/** The number of a living process, with its start where the system reports it; `0` for a dead one. */
function identityOf(pid: number): string {
  try {
    const [, afterName = ''] = /^.*\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? []
    return `${pid} ${afterName.split(' ')[19]}`
  } catch {
    return exists(pid) ? `${pid}` : '0'
  }
}

function exists(pid: number): boolean {
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function busy(folder: string, owner: string): StorageError {
  const other = `another Triplane, process ${Number.parseInt(owner, 10)}, keeps its rows there`
  return new StorageError('folder_busy', `Expected ${folder} to be free, but ${other}: give each a folder of its own`)
}
