import { closeSync, fsync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { checkedLine, readCheckedLine } from './checked-line.ts'
import { decodeTurn, encodeTurn, type LoggedTurn, type LogHeader } from './turn.ts'

/** How long what was written may wait to be synced to the disk. */
const SYNC_EVERY_MS = 100

/** The input log cannot be written (`unwritable`) or is not what the snapshot goes on with (`broken`, `other_config`). */
export class InputLogError extends Error {
  override readonly name = 'InputLogError'
  readonly code: 'unwritable' | 'broken' | 'other_config'
  readonly retryable = false

  constructor(code: InputLogError['code'], message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}

const segmentName = /^input-(\d+)\.log$/
const fileOf = (afterTurn: number) => `input-${afterTurn}.log`

/**
 * The input log of one run and plane: segments, each beginning where a snapshot ends. A line is given to the operating
 * system before `append` returns, so it survives the death of the process; it is synced off the event loop a moment later.
 */
export class InputLog {
  readonly #folder: string
  readonly #header: Omit<LogHeader, 'afterTurn'>
  #file: number | undefined
  #isDirty = false
  #timer: NodeJS.Timeout | undefined

  constructor(folder: string, header: Omit<LogHeader, 'afterTurn' | 'version' | 'node'>) {
    this.#folder = folder
    this.#header = { version: 1, ...header, node: process.version }
    mkdirSync(folder, { recursive: true })
  }

  /** Begins the segment behind the snapshot of `afterTurn`; it replaces one that is there. Throws InputLogError. */
  begin(afterTurn: number): void {
    this.#attempt(() => {
      this.#closeFile()
      this.#file = openSync(join(this.#folder, fileOf(afterTurn)), 'w', 0o600)
      writeSync(this.#file, checkedLine(JSON.stringify({ ...this.#header, afterTurn })))
    })
  }

  /** Appends a turn to the segment. Throws InputLogError. */
  append(turn: LoggedTurn): void {
    this.#attempt(() => {
      writeSync(this.#file as number, checkedLine(encodeTurn(turn)))
      this.#isDirty = true
      this.#timer ??= setTimeout(() => this.#sync(), SYNC_EVERY_MS)
    })
  }

  /**
   * The turns behind the snapshot of `afterTurn`, in order. A torn last line was never acted on and is left out. Throws
   * InputLogError when a line before it is damaged, a segment is missing, or turns were computed under another
   * configuration.
   */
  turnsAfter(afterTurn: number): readonly LoggedTurn[] {
    const turns: LoggedTurn[] = []
    const starts = this.#segments().filter((start) => start >= afterTurn)
    for (const [i, start] of starts.entries()) turns.push(...this.#read(start, i === starts.length - 1))
    for (const [i, { turn }] of turns.entries()) {
      if (turn !== afterTurn + 1 + i)
        throw new InputLogError('broken', `Expected turn ${afterTurn + 1 + i} in the input log, was ${turn}`)
    }
    return turns
  }

  /** Removes the segments that a snapshot of `afterTurn` has made superfluous. */
  dropBefore(afterTurn: number): void {
    for (const start of this.#segments()) if (start < afterTurn) rmSync(join(this.#folder, fileOf(start)))
  }

  close(): void {
    this.#closeFile()
  }

  #segments(): number[] {
    return readdirSync(this.#folder)
      .flatMap((name) => segmentName.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
  }

  #read(start: number, isNewest: boolean): readonly LoggedTurn[] {
    const name = fileOf(start)
    const lines = readFileSync(join(this.#folder, name), 'utf8').split('\n')
    const tail = lines.pop()
    const texts = lines.map(readCheckedLine)
    const damaged = texts.indexOf(undefined)
    const isTorn = damaged === texts.length - 1 || (damaged === -1 && tail !== '')
    if (damaged !== -1 && !(isNewest && isTorn))
      throw new InputLogError('broken', `Expected whole lines in ${name}, was line ${damaged + 1} damaged`)
    const [header, ...turns] = texts.filter((text) => text !== undefined)
    if (header === undefined || turns.length === 0) return []
    const { configDigest } = JSON.parse(header) as LogHeader
    if (configDigest !== this.#header.configDigest)
      throw new InputLogError(
        'other_config',
        'Expected the configuration that the run had when it crashed, was another one. Start once with that one and stop in order, or start a new run.',
      )
    return turns.map(decodeTurn)
  }

  #sync(): void {
    this.#timer = undefined
    if (!this.#isDirty || this.#file === undefined) return
    this.#isDirty = false
    fsync(this.#file, () => undefined)
  }

  #closeFile(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  #attempt(act: () => void): void {
    try {
      act()
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new InputLogError('unwritable', `Expected to write the input log in ${this.#folder}: ${why}`, cause)
    }
  }
}
