import { closeSync, fdatasync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import type { FeedItem, Frame, FrameOrigin } from '@triplane/market-data'
import { RecordingError } from './recording-error.ts'
import type { RecordedFeed } from './recorded-feed.ts'
import { recordingFiles, recordingPath } from './recording-files.ts'

export interface RecorderOptions {
  readonly folder: string
  /** The one file to record into, which must not exist; without it numbered files in the folder. */
  readonly file?: string | undefined
  /** Written at the beginning. */
  readonly feed: RecordedFeed
  /** A new file of the folder begins when one has reached this size. */
  readonly maxFileBytes: number
  /** Written with connects and disconnects. */
  readonly streamUrl: string
  /** Written with REST snapshots; names their symbol. Undefined when snapshots come by the stream. */
  readonly snapshotUrl: (venueSymbol: string) => string | undefined
  /** Written with the venue's list of its instruments. */
  readonly listUrl: string
  /** Resolves when everything written to an open file is on the disk; default `fdatasync`. For tests with a disk that fails. */
  readonly sync?: SyncFile | undefined
}
export type SyncFile = (file: number) => Promise<void>

/** How long writes may wait to be synced to the disk. */
const SYNC_EVERY_MS = 100
const FIRST_BUFFER_BYTES = 256 * 1024
/** The parts of a line besides its payload and its URL: a time, blanks, a line break. */
const LINE_EXTRA_BYTES = 64
const NEWLINE = 0x0a

/**
 * Records the items of a feed, so that `openRecording` replays the same items. Frames are lines of nanoseconds and payload;
 * connects, disconnects and REST answers are control lines (see capture-line.ts). The passing of time is not recorded, except
 * for the end of the feed.
 *
 * Invariants
 * 1. When `write` returns, the operating system has the items: they survive the death of the process. They are synced off
 *    the event loop a moment later.
 * 2. A file contains whole lines, except for the last one of a machine that died, and nothing is appended to a file of an
 *    earlier recorder.
 * 3. After a failed sync nothing more is written or synced.
 */
export class CaptureRecorder {
  readonly #options: RecorderOptions
  readonly #streamUrl: string
  readonly #snapshotUrls = new Map<string, string | undefined>()
  readonly #syncFile: SyncFile
  #buffer = Buffer.allocUnsafe(FIRST_BUFFER_BYTES)
  #used = 0
  #number: number
  #file: number | undefined
  #fileBytes = 0
  #isBegun = false
  #syncTimer: NodeJS.Timeout | undefined
  /** Runs syncs and closes, one after the other. */
  #syncing: Promise<void> = Promise.resolve()
  #fault: RecordingError | undefined

  /** Throws RecordingError when the folder cannot be created or read. */
  constructor(options: RecorderOptions) {
    this.#options = options
    this.#streamUrl = options.streamUrl
    this.#syncFile = options.sync ?? promisify(fdatasync)
    try {
      mkdirSync(options.folder, { recursive: true })
      this.#number = recordingFiles(options.folder, options.feed.venue).at(-1)?.number ?? 0
    } catch (error) {
      throw new RecordingError('unwritable', options.folder, error)
    }
  }

  /**
   * Records items, whose frames must contain no line breaks. Throws RecordingError, and then none of them is recorded; also
   * without items, when a sync has failed.
   */
  write(items: readonly FeedItem[]): void {
    if (this.#fault) throw this.#fault
    this.#used = 0
    const [first] = items
    if (first && !this.#isBegun)
      this.#addText(`${this.#streamUrl} <@> ${seconds(first.tsRecvUs)}: ${JSON.stringify(this.#options.feed)}`)
    for (const item of items) this.#addLine(item)
    this.#writeLines()
    this.#isBegun ||= first !== undefined
  }

  /** Records the end of the feed, and the time that it had reached. Throws as `write` does. */
  end(timeUs: number): void {
    if (this.#fault || !this.#isBegun) return
    this.#used = 0
    this.#addText(`${this.#streamUrl} <.> ${seconds(timeUs)}: end`)
    this.#writeLines()
  }

  /** Syncs and closes. Throws RecordingError `unsynced`, also when an earlier sync failed. */
  async close(): Promise<void> {
    this.#closeFile()
    await this.#syncing
    if (this.#fault) throw this.#fault
  }

  #writeLines(): void {
    if (this.#used === 0) return
    try {
      this.#append()
    } catch (error) {
      throw new RecordingError('unwritable', this.#options.folder, error)
    }
  }

  #addLine(item: FeedItem): void {
    switch (item.type) {
      case 'frame':
        return this.#addFrame(item)
      case 'connect':
        return this.#addText(`${this.#streamUrl} <-> ${seconds(item.tsRecvUs)}`)
      case 'disconnect':
        return this.#addText(`${this.#streamUrl} <x> ${seconds(item.tsRecvUs)}: ${item.reason}`)
      case 'badLine':
      case 'time':
        return
    }
  }

  #addFrame({ origin, tsRecvUs, bytes, start, end }: Frame): void {
    const restUrl = this.#restUrl(origin)
    const head = restUrl === undefined ? `${tsRecvUs}000 ` : `${restUrl} -> ${seconds(tsRecvUs)}: `
    this.#reserve(head.length + end - start + 1)
    this.#used += this.#buffer.write(head, this.#used, 'latin1')
    this.#buffer.set(bytes.subarray(start, end), this.#used)
    this.#used += end - start
    this.#buffer[this.#used++] = NEWLINE
  }

  #addText(line: string): void {
    this.#reserve(line.length + LINE_EXTRA_BYTES)
    this.#used += this.#buffer.write(`${line}\n`, this.#used, 'latin1')
  }

  #reserve(bytes: number): void {
    const needed = this.#used + bytes
    if (needed <= this.#buffer.length) return
    const grown = Buffer.allocUnsafe(Math.max(2 * this.#buffer.length, needed))
    grown.set(this.#buffer.subarray(0, this.#used))
    this.#buffer = grown
  }

  #append(): void {
    const { file: only, maxFileBytes } = this.#options
    if (only === undefined && this.#fileBytes >= maxFileBytes) this.#closeFile()
    this.#file ??= this.#nextFile()
    const file = this.#file
    try {
      for (let at = 0; at < this.#used;) at += writeSync(file, this.#buffer, at, this.#used - at)
    } catch (error) {
      // The disk may be full in the middle of a line.
      ftruncateSync(file, this.#fileBytes)
      throw error
    }
    this.#fileBytes += this.#used
    this.#syncTimer ??= setTimeout(() => this.#sync(), SYNC_EVERY_MS)
  }

  #nextFile(): number {
    const { folder, file, feed } = this.#options
    this.#fileBytes = 0
    this.#number++
    return openSync(file ?? recordingPath(folder, feed.venue, this.#number), 'wx', 0o600)
  }

  #sync(): void {
    this.#syncTimer = undefined
    if (this.#file !== undefined) this.#syncLater(this.#file)
  }

  #closeFile(): void {
    clearTimeout(this.#syncTimer)
    this.#syncTimer = undefined
    const file = this.#file
    if (file === undefined) return
    this.#file = undefined
    this.#syncLater(file)
    void this.#syncing.then(() => closeSync(file))
  }

  /** Syncs a file after the earlier syncs, unless one has failed. */
  #syncLater(file: number): void {
    this.#syncing = this.#syncing
      .then(() => (this.#fault ? undefined : this.#syncFile(file)))
      .catch((error: unknown) => {
        this.#fault = new RecordingError('unsynced', this.#options.folder, error)
        this.#closeFile()
      })
  }

  /** The URL of a REST answer; undefined for items of the stream. */
  #restUrl({ snapshotSymbol, isInstrumentList, pastBarsUrl }: FrameOrigin): string | undefined {
    if (pastBarsUrl !== undefined) return pastBarsUrl
    if (isInstrumentList) return this.#options.listUrl
    return snapshotSymbol === undefined ? undefined : this.#snapshotUrl(snapshotSymbol)
  }

  #snapshotUrl(venueSymbol: string): string | undefined {
    let url = this.#snapshotUrls.get(venueSymbol)
    if (url === undefined) {
      url = this.#options.snapshotUrl(venueSymbol)
      this.#snapshotUrls.set(venueSymbol, url)
    }
    return url
  }
}

/** A time in microseconds, of 16 digits, as seconds with six decimals. */
function seconds(timeUs: number): string {
  const digits = String(timeUs)
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`
}
