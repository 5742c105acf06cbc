import { systemClock, US_PER_SECOND, type Clock } from '@triplane/kernel'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { readFile, rename, rm, truncate } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { ownFolder } from '../files/folder-owner.ts'
import { StorageError } from '../storage-error.ts'
import {
  readRows,
  scanSegment,
  segmentHeader,
  segmentRow,
  type SegmentRows,
  type SpilledRows,
} from './spill-segment.ts'
import { SpillFile } from './spill-file.ts'

export interface SpillOptions {
  /** A folder of its own; created if missing. One process at a time owns it. */
  readonly folder: string
  /** Maximum bytes on the disk; rows beyond are refused. */
  readonly maxBytes: number
  /** Size at which a segment is closed and the next one begins; default 1 MiB. */
  readonly segmentBytes?: number
  /** Called with a line for people about something unusual: a torn tail, a damaged file. */
  readonly onNotice?: (line: string) => void
  /** Called with the number of unreadable rows; must not throw. */
  readonly onTorn?: (rows: number) => void
}

/** A segment that is no longer appended to. */
interface ClosedSegment {
  readonly path: string
  readonly bytes: number
  /** Its last sync; segments of earlier processes are on the disk. */
  readonly synced?: Promise<void>
}

/** The rows of the oldest segment, and their run. */
export interface OldestSegment extends SpilledRows {
  readonly runId: string
}

const DEFAULT_SEGMENT_BYTES = 1024 * 1024
/** A build that knows lines only leaves segments of records where they are. */
const segmentName = /^spill-(\d{10})\.(log|rows)$/
const nameOf = (number: number) => `spill-${String(number).padStart(10, '0')}.rows`
const scan = async (path: string) => scanSegment(await readFile(path), path.endsWith('.log') ? 1 : 2)

/**
 * Rows that wait for the database on the disk, in append-only segment files.
 *
 * Invariants
 * 1. Segments are numbered upwards, also across processes: rows leave in the order in which they arrived.
 * 2. Rows accepted by `append` are with the operating system, so they survive kill -9; rows covered by `sync` survive a
 *    power cut.
 * 3. A segment is removed only after its rows are reported as stored. Stored rows may be returned again.
 * 4. The segments take at most `maxBytes`.
 * 5. Broken rows are skipped, reported and counted. A file with whole rows that this build cannot read is kept.
 */
export class Spill {
  readonly #folder: string
  readonly #maxBytes: number
  readonly #segmentBytes: number
  readonly #onNotice: (line: string) => void
  readonly #onTorn: (rows: number) => void
  readonly #clock: Clock
  readonly #header: Buffer
  /** Oldest first. */
  readonly #closed: ClosedSegment[]
  readonly #scanned: Promise<void>
  readonly #giveBack: () => void
  #open: SpillFile | undefined
  #nextNumber: number
  #bytes: number
  #rows = 0
  /** Rows of the oldest segment that are no longer among `rows`. */
  #taken = 0
  /** The oldest segment, when it has rows that cannot be read here. */
  #kept: ClosedSegment | undefined
  #tornRows = 0
  #isFull = false
  #fault: StorageError | undefined
  /** Monotonic time before which a failed disk is not retried. */
  #retryUs = -Infinity

  /**
   * Begins with the rows of earlier processes. Throws StorageError: `folder_busy` while another process owns the folder,
   * `spill_failed` when it cannot be used.
   */
  constructor(options: SpillOptions, runId: string, clock: Clock = systemClock) {
    this.#folder = options.folder
    this.#maxBytes = options.maxBytes
    this.#segmentBytes = options.segmentBytes ?? DEFAULT_SEGMENT_BYTES
    this.#onNotice = options.onNotice ?? (() => undefined)
    this.#onTorn = options.onTorn ?? (() => undefined)
    this.#clock = clock
    this.#header = segmentHeader(runId)
    try {
      mkdirSync(options.folder, { recursive: true, mode: 0o700 })
      this.#giveBack = ownFolder(options.folder)
      const names = readdirSync(options.folder).filter((name) => segmentName.test(name))
      // Numbers are of one length.
      names.sort()
      this.#nextNumber = Number(segmentName.exec(names.at(-1) ?? '')?.[1] ?? 0) + 1
      this.#closed = names.map((name) => {
        const path = join(options.folder, name)
        return { path, bytes: statSync(path).size }
      })
    } catch (error) {
      if (error instanceof StorageError) throw error
      throw spillFault(error, `use the folder ${options.folder}`)
    }
    this.#bytes = this.#closed.reduce((sum, { bytes }) => sum + bytes, 0)
    this.#scanned = this.#scan([...this.#closed])
  }

  get isEmpty(): boolean {
    return this.#closed.length === 0 && this.#open === undefined
  }

  /** The number of waiting rows; those of earlier processes are known after a moment. */
  get rows(): number {
    return this.#rows
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The number of unreadable rows. */
  get tornRows(): number {
    return this.#tornRows
  }

  /** Why the disk accepts nothing now. */
  get fault(): StorageError | undefined {
    return this.#fault
  }

  /** Appends the rows, all or none. False without room for them or when the disk fails; nothing is lost yet. */
  append({ events, producers }: SpilledRows): boolean {
    if (this.#isFull || this.#clock.monotonicUs() < this.#retryUs) return false
    const bytes = Buffer.concat(events.map((event, i) => segmentRow(producers[i] as string, event)))
    const headerBytes = this.#open === undefined ? this.#header.length : 0
    if (this.#bytes + headerBytes + bytes.length > this.#maxBytes) {
      this.#isFull = true
      this.#fault = new StorageError('spill_failed', `Expected at most ${this.#maxBytes} bytes in ${this.#folder}`)
      return false
    }
    return this.#write(bytes, events.length)
  }

  /** Resolves when everything appended so far is on the disk. Throws StorageError `spill_failed`. */
  async sync(): Promise<void> {
    try {
      await Promise.all([...this.#closed.map(({ synced }) => synced), this.#open?.sync()])
    } catch (error) {
      throw spillFault(error, `sync the files in ${this.#folder}`)
    }
  }

  /** The rows that have waited longest; undefined without any. Throws StorageError `spill_failed`. */
  async oldest(): Promise<OldestSegment | undefined> {
    await this.#scanned
    for (;;) {
      if (this.#closed.length === 0) this.#closeOpen()
      const segment = this.#closed[0]
      if (segment === undefined) return undefined
      try {
        const scanned = await scan(segment.path)
        if (scanned.runId !== undefined) {
          this.#rows += this.#taken
          this.#taken = 0
          const rows = readRows(scanned)
          this.#keepUnreadable(segment, rows)
          return { runId: scanned.runId, events: rows.events, producers: rows.producers }
        }
        await this.#setAside(segment, scanned.rows.length)
      } catch (error) {
        throw spillFault(error, `read ${segment.path}`)
      }
    }
  }

  /** Reports that `rows` rows of the oldest segment are in the database, or given up. */
  took(rows: number): void {
    this.#rows -= rows
    this.#taken += rows
  }

  /** Reports that `rows` rows of the oldest segment cannot be used, and why. */
  leftOut(rows: number, why: string): void {
    this.took(rows)
    this.#countTorn(rows)
    this.#onNotice(`${rows} rows of the spill are left out: ${why}`)
  }

  /** Removes the oldest segment. Throws StorageError `spill_failed`. */
  async removeOldest(): Promise<void> {
    const segment = this.#closed[0]
    if (segment === undefined) return
    try {
      if (segment === this.#kept) await rename(segment.path, damaged(segment.path))
      else await rm(segment.path, { force: true })
    } catch (error) {
      throw spillFault(error, `remove ${segment.path}`)
    }
    this.#forget(segment)
  }

  /** Leaves waiting rows to the next process. Throws StorageError `spill_failed`. */
  async close(): Promise<void> {
    await this.#scanned
    this.#closeOpen()
    try {
      await this.sync()
    } finally {
      this.#giveBack()
    }
  }

  #write(bytes: Buffer, rows: number): boolean {
    try {
      if (this.#open === undefined) {
        this.#open = new SpillFile(join(this.#folder, nameOf(this.#nextNumber++)), this.#header)
        this.#bytes += this.#open.bytes
      }
      this.#open.append(bytes)
    } catch (error) {
      this.#fault = spillFault(error, `append to the files in ${this.#folder}`)
      this.#retryUs = this.#clock.monotonicUs() + US_PER_SECOND
      return false
    }
    this.#fault = undefined
    this.#bytes += bytes.length
    this.#rows += rows
    if (this.#open.bytes >= this.#segmentBytes) this.#closeOpen()
    return true
  }

  #closeOpen(): void {
    const file = this.#open
    if (file === undefined) return
    this.#open = undefined
    const synced = file.close()
    this.#closed.push({ path: file.path, bytes: file.bytes, synced })
    // Reported to the caller of `sync`.
    synced.catch(() => undefined)
  }

  /** Counts the rows of earlier processes and cuts off torn ends. */
  async #scan(segments: readonly ClosedSegment[]): Promise<void> {
    let found = 0
    for (const segment of segments) {
      try {
        const { runId, rows, tornRows, wholeBytes } = await scan(segment.path)
        const name = basename(segment.path)
        if (tornRows > 0) this.#onNotice(`${name} has ${tornRows} torn or damaged rows, which are left out`)
        if (runId === undefined) {
          await this.#setAside(segment, rows.length)
          continue
        }
        found += rows.length
        this.#rows += rows.length
        this.#countTorn(tornRows)
        if (wholeBytes < segment.bytes) await truncate(segment.path, wholeBytes)
      } catch (error) {
        // A file that is unreadable now is retried when its turn comes.
        this.#fault = spillFault(error, `read ${segment.path}`)
      }
    }
    if (found > 0) this.#onNotice(`${found} rows that an earlier process left in ${this.#folder} will be stored`)
  }

  /** Rows that this build cannot read are left out, once, and their file is kept: another build may read them. */
  #keepUnreadable(segment: ClosedSegment, { unreadable, why = '' }: SegmentRows): void {
    if (unreadable === 0) return
    if (this.#kept === segment) return this.took(unreadable)
    this.#kept = segment
    this.leftOut(unreadable, `${why}. Kept in ${basename(damaged(segment.path))}`)
  }

  /** The run of these rows is unknown. A process killed right after its start leaves none. */
  async #setAside(segment: ClosedSegment, rows: number): Promise<void> {
    const { path } = segment
    if (rows === 0) await rm(path, { force: true })
    else {
      await rename(path, damaged(path))
      this.#countTorn(rows)
      this.#onNotice(`${basename(path)} does not say whose ${rows} rows it has: kept as ${basename(damaged(path))}`)
    }
    this.#forget(segment)
  }

  #countTorn(rows: number): void {
    this.#tornRows += rows
    if (rows > 0) this.#onTorn(rows)
  }

  #forget(segment: ClosedSegment): void {
    this.#closed.splice(this.#closed.indexOf(segment), 1)
    this.#bytes -= segment.bytes
    this.#taken = 0
    if (this.#isFull) this.#fault = undefined
    this.#isFull = false
  }
}

/** Where a file is kept that was not stored as a whole. */
const damaged = (path: string) => `${path}.damaged`

function spillFault(error: unknown, doing: string): StorageError {
  const why = error instanceof Error ? error.message : String(error)
  return new StorageError('spill_failed', `Expected to ${doing}: ${why}`, error)
}
