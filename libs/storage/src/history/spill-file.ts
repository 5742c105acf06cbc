import { close, closeSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { systemDisk } from '../files/disk.ts'

const closeFile = promisify(close)

/**
 * A new append-only file. `append` returns when the operating system has the bytes; syncs run off the event loop, one after the
 * other. Throws what `node:fs` throws.
 */
export class SpillFile {
  readonly path: string
  readonly #file: number
  #bytes = 0
  #syncedBytes = 0
  #syncing: Promise<void>

  /** Creates the file, which must not exist. */
  constructor(path: string, header: Buffer) {
    this.path = path
    this.#file = openSync(path, 'ax', 0o600)
    try {
      this.append(header)
    } catch (error) {
      closeSync(this.#file)
      unlinkSync(path)
      throw error
    }
    this.#syncing = systemDisk.syncFolder(dirname(path))
    // Reported to the caller of `sync`.
    this.#syncing.catch(() => undefined)
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Appends all of the bytes, or none. */
  append(bytes: Buffer): void {
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done)
      this.#bytes += bytes.length
    } catch (error) {
      // A full disk may write a part: without truncation the next row would be joined to it.
      ftruncateSync(this.#file, this.#bytes)
      throw error
    }
  }

  /**
   * Resolves when everything appended so far is on the disk. After a failure all further calls fail: the contents of the disk
   * are unknown.
   */
  sync(): Promise<void> {
    this.#syncing = this.#syncing.then(async () => {
      const bytes = this.#bytes
      if (bytes > this.#syncedBytes) await systemDisk.sync(this.#file)
      this.#syncedBytes = bytes
    })
    return this.#syncing
  }

  /** Syncs and closes. */
  async close(): Promise<void> {
    try {
      await this.sync()
    } finally {
      await closeFile(this.#file)
    }
  }
}
