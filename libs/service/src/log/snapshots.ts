import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { checkedLine, scanLines } from '@triplane/storage'

/** The state of a plane after a turn. */
export interface Snapshot<State> {
  readonly afterTurn: number
  readonly state: State
}

const snapshotName = /^snapshot-(\d+)\.json$/
const fileOf = (afterTurn: number) => `snapshot-${afterTurn}.json`

/** The snapshots of one run and plane in a folder. Only the newest is kept; a damaged one is passed over. */
export class Snapshots<State> {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
  }

  /** The newest whole snapshot; undefined when there is none. */
  newest(): Snapshot<State> | undefined {
    for (const afterTurn of this.#turns().reverse()) {
      const [text] = scanLines(readFileSync(join(this.#folder, fileOf(afterTurn)))).lines
      if (text !== undefined) return { afterTurn, state: JSON.parse(text.toString('utf8')) as State }
    }
    return undefined
  }

  /** Writes `text`, the state after a turn as JSON, and syncs it; then removes the older ones. */
  async save(afterTurn: number, text: string): Promise<void> {
    const file = join(this.#folder, fileOf(afterTurn))
    const handle = await open(`${file}.new`, 'w', 0o600)
    try {
      await handle.writeFile(checkedLine(text))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(`${file}.new`, file)
    for (const older of this.#turns()) if (older < afterTurn) rmSync(join(this.#folder, fileOf(older)))
  }

  #turns(): number[] {
    return readdirSync(this.#folder)
      .flatMap((name) => snapshotName.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
  }
}
