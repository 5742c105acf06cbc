import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { checkedRecord, systemDisk, type Disk } from '@triplane/storage'
import { encodeHeader, InputLogError, LOG_VERSION, readSegment, type LogHeader } from './log-segment.ts'
import { encodeTurn, type LoggedTurn } from './turn.ts'

/** The longest time until written data is synced to the disk. */
const SYNC_EVERY_MS = 100

const segmentName = /^input-(\d+)\.log$/
const fileOf = (afterTurn: number) => `input-${afterTurn}.log`

/**
 * The input log of one run and plane: segments, each continuing after a turn. A record reaches the operating system before
 * `append` returns, so it survives the death of the process; it is synced off the event loop a moment later.
 *
 * Invariants
 * 1. A turn whose `append` threw is in no segment: its written part is a torn record, the last one of its segment.
 * 2. Turns are read in order and without a gap, or not at all.
 * 3. After a failed sync nothing is appended any more, and no sync is retried.
 */
export class InputLog {
  readonly #folder: string
  readonly #header: Omit<LogHeader, 'afterTurn'>
  readonly #disk: Disk
  #file: number | undefined
  #timer: NodeJS.Timeout | undefined
  /** Syncs and closes, one after the other. */
  #syncing: Promise<void> = Promise.resolve()
  #fault: InputLogError | undefined

  constructor(folder: string, header: Omit<LogHeader, 'afterTurn' | 'version' | 'node'>, disk: Disk = systemDisk) {
    this.#folder = folder
    this.#disk = disk
    this.#header = { version: LOG_VERSION, ...header, node: process.version }
    mkdirSync(folder, { recursive: true })
  }

  /** True while turns can be appended: from `begin` until a write fails. */
  get isOpen(): boolean {
    return this.#file !== undefined
  }

  /** Why the log is closed for good: a sync failed. */
  get fault(): InputLogError | undefined {
    return this.#fault
  }

  /** Begins the segment that follows a turn, and replaces an existing one. Throws InputLogError. */
  begin(afterTurn: number): void {
    this.#attempt(() => {
      this.#closeFile()
      this.#file = openSync(join(this.#folder, fileOf(afterTurn)), 'w', 0o600)
      this.#write(encodeHeader({ ...this.#header, afterTurn }))
      this.#then(() => this.#disk.syncFolder(this.#folder))
    })
  }

  /** Appends a turn to the segment. Throws InputLogError; then the log is closed until the next segment begins. */
  append(turn: LoggedTurn): void {
    this.#attempt(() => {
      this.#write(encodeTurn(turn))
      this.#timer ??= setTimeout(() => this.#sync(), SYNC_EVERY_MS)
    })
  }

  /**
   * The turns after the snapshot of `afterTurn`, in order. Skips a torn last record of a segment: no output followed it.
   * Throws InputLogError when another one is damaged, turns are missing, or the configuration was another.
   */
  turnsAfter(afterTurn: number): readonly LoggedTurn[] {
    const starts = this.#segments().filter((start) => start >= afterTurn)
    // A segment continues after the turn it names, whatever the one before it holds beyond that.
    const turns = starts.flatMap((start, i) => {
      const nextStart = starts[i + 1] ?? Infinity
      return this.#read(start).filter(({ turn }) => turn <= nextStart)
    })
    for (const [i, { turn }] of turns.entries()) {
      if (turn !== afterTurn + 1 + i)
        throw new InputLogError('broken', `Expected turn ${afterTurn + 1 + i} in the input log, was ${turn}`)
    }
    return turns
  }

  /** Removes the segments that the snapshot of `afterTurn` supersedes. */
  dropBefore(afterTurn: number): void {
    for (const start of this.#segments()) if (start < afterTurn) rmSync(join(this.#folder, fileOf(start)))
  }

  /** Syncs and closes. Throws InputLogError `unsynced`, also when an earlier sync failed. */
  async close(): Promise<void> {
    this.#closeFile()
    await this.#syncing
    if (this.#fault) throw this.#fault
  }

  #segments(): number[] {
    return readdirSync(this.#folder)
      .flatMap((name) => segmentName.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
  }

  #read(start: number): readonly LoggedTurn[] {
    const name = fileOf(start)
    const segment = readSegment(readFileSync(join(this.#folder, name)), name)
    if (segment === undefined) return []
    if (segment.header.configDigest !== this.#header.configDigest)
      throw new InputLogError(
        'other_config',
        'Expected the configuration that the run had when it crashed, was another one. Start once with that one and stop cleanly, or start a new run.',
      )
    return segment.turns
  }

  #write(bytes: Buffer): void {
    const record = checkedRecord(bytes)
    const written = writeSync(this.#file as number, record)
    if (written < record.length) throw new Error(`Expected to write ${record.length} bytes, was ${written}`)
  }

  #sync(): void {
    this.#timer = undefined
    const file = this.#file
    if (file !== undefined) this.#then(() => this.#disk.sync(file))
  }

  #closeFile(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const file = this.#file
    if (file === undefined) return
    this.#file = undefined
    this.#then(() => this.#disk.sync(file))
    void this.#syncing.then(() => closeSync(file))
  }

  /** Queues a disk operation behind those under way, unless one of them failed. */
  #then(act: () => Promise<void>): void {
    this.#syncing = this.#syncing
      .then(() => (this.#fault ? undefined : act()))
      .catch((cause: unknown) => {
        const why = `Cannot sync the input log in ${this.#folder}: ${messageOf(cause)}`
        this.#fault = new InputLogError('unsynced', why, cause)
        this.#closeFile()
      })
  }

  #attempt(act: () => void): void {
    if (this.#fault) throw this.#fault
    try {
      act()
    } catch (cause) {
      this.#closeFile()
      const why = messageOf(cause)
      throw new InputLogError('unwritable', `Cannot write the input log in ${this.#folder}: ${why}`, cause)
    }
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
