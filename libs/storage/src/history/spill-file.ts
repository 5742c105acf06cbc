import { close, closeSync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { systemDisk } from '../files/disk.ts'

const closeFile = promisify(close)

/**
 * A new file that is appended to. `append` returns when the operating system has the bytes; syncs are made off the event
 * loop, one after the other. Throws what `node:fs` throws.
 */
export class SpillFile {
  readonly path: string
  readonly #file: number
  #bytes = 0
  #syncedBytes = 0
  #syncing: Promise<void>

  /** Makes the file. It may not be there. */
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
    // Told to whoever asks for a sync.
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
      // A full disk takes a part: without it the next line would have no beginning.
      ftruncateSync(this.#file, this.#bytes)
      throw error
    }
  }

  /** Resolves when what was appended so far is on the disk. After one that failed, all fail: nobody knows what is there. */
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
