import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { SerialQueue } from '@triplane/async'
import { checkedLine, scanLines } from '../files/checked-lines.ts'
import { StorageError } from '../storage-error.ts'
import type { CompleteEntry } from './audit-chain.ts'

/** A line of the file: a new entry, or the id of one that is in the database. */
type QueueLine = { readonly entry: CompleteEntry } | { readonly done: string }

/**
 * Audit entries that wait for the database, in an append-only file that outlives the process. The file is emptied when no entry
 * waits. An entry may reappear after a crash: its id identifies it.
 */
export class AuditQueue {
  readonly #path: string
  /** Oldest first. */
  readonly #waiting: CompleteEntry[]
  #bytes: number
  #handle: FileHandle | undefined
  readonly #writes = new SerialQueue()

  /** Reads the entries of an earlier process and cuts off a torn end. Throws StorageError `spill_failed`. */
  constructor(folder: string, onNotice: (line: string) => void) {
    this.#path = join(folder, 'audit-queue.log')
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const file = openSync(this.#path, 'a+', 0o600)
      try {
        const { lines, wholeBytes } = scanLines(readFileSync(file))
        if (lines.includes(undefined)) onNotice(`${this.#path} has torn or damaged lines, which are left out`)
        ftruncateSync(file, wholeBytes)
        this.#bytes = wholeBytes
        this.#waiting = waitingIn(lines)
      } finally {
        closeSync(file)
      }
    } catch (error) {
      throw queueFault(error, `use ${this.#path}`)
    }
    if (this.#waiting.length > 0) onNotice(`${this.#waiting.length} audit entries of an earlier process will be stored`)
  }

  get size(): number {
    return this.#waiting.length
  }

  /** The entry that has waited longest. */
  get oldest(): CompleteEntry | undefined {
    return this.#waiting[0]
  }

  /**
   * Adds the entry at once; resolves when it is on the disk. Rejects with StorageError `spill_failed` when the disk fails: the
   * entry then waits in memory only.
   */
  async add(entry: CompleteEntry): Promise<void> {
    this.#waiting.push(entry)
    await this.#writes.run(() => this.#write({ entry }))
  }

  /** Removes the oldest, which is in the database. Ignores a disk failure: the entry is known by its id. */
  async removeOldest(): Promise<void> {
    const entry = this.#waiting.shift()
    if (entry !== undefined) await this.#writes.run(() => this.#write({ done: entry.entryId })).catch(() => undefined)
  }

  /** Leaves waiting entries on the disk. */
  async close(): Promise<void> {
    await this.#writes.idle()
    await this.#handle?.close()
    this.#handle = undefined
  }

  async #write(line: QueueLine): Promise<void> {
    try {
      const handle = (this.#handle ??= await open(this.#path, 'a', 0o600))
      try {
        const bytes = Buffer.from(checkedLine(JSON.stringify(line)))
        if ('done' in line && this.#waiting.length === 0) {
          await handle.truncate(0)
          this.#bytes = 0
        } else {
          await handle.appendFile(bytes)
          this.#bytes += bytes.length
        }
        await handle.sync()
      } catch (error) {
        // A full disk may write a part of a line.
        await handle.truncate(this.#bytes)
        throw error
      }
    } catch (error) {
      throw queueFault(error, `write ${this.#path}`)
    }
  }
}

function waitingIn(lines: readonly (Buffer | undefined)[]): CompleteEntry[] {
  const waiting = new Map<string, CompleteEntry>()
  for (const text of lines) {
    if (text === undefined) continue
    const line = JSON.parse(text.toString('utf8')) as QueueLine
    if ('entry' in line) waiting.set(line.entry.entryId, line.entry)
    else waiting.delete(line.done)
  }
  return [...waiting.values()]
}

function queueFault(error: unknown, doing: string): StorageError {
  const why = error instanceof Error ? error.message : String(error)
  return new StorageError('spill_failed', `Expected to ${doing}: ${why}`, error)
}
