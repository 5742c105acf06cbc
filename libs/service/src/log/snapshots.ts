import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { StateMisfitError } from '@triplane/contracts'
import { checkedLine, scanLines, systemDisk, type Disk } from '@triplane/storage'
import { PlaneSuspendedError } from './failed-turn.ts'
import type { StateCodec } from './state-codec.ts'

/** The state of a plane after a turn. */
export interface Snapshot<State> {
  readonly afterTurn: number
  readonly state: State
}

/** The way forward when another version saved the run's state. */
const WAY_ON =
  'Start a new run. To take along what it holds, start the version that saved it, then: triplane halt, triplane state export; ' +
  'into the new run: triplane state import (docs/operations.md).'

const snapshotName = /^snapshot-(\d+)\.json$/
const fileOf = (afterTurn: number) => `snapshot-${afterTurn}.json`

/**
 * The snapshots of one run and plane in a folder; only the newest is kept. Skips incomplete files, which never counted.
 * A complete one whose state does not fit suspends the plane: an older one would lose what it holds.
 */
export class Snapshots<State> {
  readonly #folder: string
  readonly #codec: StateCodec<State>
  readonly #disk: Disk

  constructor(folder: string, codec: StateCodec<State>, disk: Disk = systemDisk) {
    this.#folder = folder
    this.#codec = codec
    this.#disk = disk
    mkdirSync(folder, { recursive: true })
  }

  /**
   * The newest complete snapshot; undefined when there is none. `note` receives lines for the log. Throws
   * PlaneSuspendedError when it does not fit.
   */
  newest(note: (notice: string) => void = () => undefined): Snapshot<State> | undefined {
    for (const afterTurn of this.#turns().reverse()) {
      const name = fileOf(afterTurn)
      const [text] = scanLines(readFileSync(join(this.#folder, name))).lines
      if (text === undefined) {
        note(`Snapshot ${name} is damaged and skipped`)
        continue
      }
      const { state, differences } = this.#decode(name, text.toString('utf8'))
      for (const difference of differences) note(`Snapshot ${name}: ${difference}`)
      return { afterTurn, state }
    }
    return undefined
  }

  /** Encodes the state to the text that `save` writes. */
  encode(state: unknown): string {
    return this.#codec.encode(state)
  }

  /** Writes `text`, the encoded state after a turn, and syncs the file and its name; only then removes older ones. */
  async save(afterTurn: number, text: string): Promise<void> {
    const file = join(this.#folder, fileOf(afterTurn))
    const handle = await open(`${file}.new`, 'w', 0o600)
    try {
      await handle.writeFile(checkedLine(text))
      await this.#disk.sync(handle.fd)
    } finally {
      await handle.close()
    }
    await rename(`${file}.new`, file)
    await this.#disk.syncFolder(this.#folder)
    for (const older of this.#turns()) if (older < afterTurn) rmSync(join(this.#folder, fileOf(older)))
  }

  #decode(name: string, text: string) {
    try {
      return this.#codec.decode(text)
    } catch (error) {
      if (!(error instanceof StateMisfitError)) throw error
      throw new PlaneSuspendedError(`Cannot resume from ${join(this.#folder, name)}: ${error.message}. ${WAY_ON}`, {
        cause: error,
      })
    }
  }

  #turns(): number[] {
    return readdirSync(this.#folder)
      .flatMap((name) => snapshotName.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
  }
}
