import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where a record lies on the bus. */
export interface RecordPlace {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** A record that an operator has a plane go on without. */
export interface SkippedRecord extends RecordPlace {
  readonly who: string
  readonly why: string
}

/**
 * The records that a plane goes on without, in a file beside the input log of the run: a restart before the turn that refuses one
 * finds it here.
 */
export class SkippedRecords {
  readonly #folder: string
  readonly #skipped: readonly SkippedRecord[]

  constructor(folder: string) {
    this.#folder = folder
    this.#skipped = read(folder)
  }

  /** The skip of a record; undefined when there is none. */
  of(place: RecordPlace): SkippedRecord | undefined {
    return this.#skipped.find((skipped) => isSamePlace(skipped, place))
  }

  /** Adds one, durably. Throws when the file cannot be written. */
  add(skipped: SkippedRecord): void {
    if (this.of(skipped)) return
    const file = fileOf(this.#folder)
    mkdirSync(this.#folder, { recursive: true })
    writeFileSync(`${file}.new`, JSON.stringify([...this.#skipped, skipped]), { mode: 0o600, flush: true })
    renameSync(`${file}.new`, file)
  }
}

/** Whether two places are one. */
export function isSamePlace(a: RecordPlace, b: RecordPlace): boolean {
  return a.topic === b.topic && a.partition === b.partition && a.offset === b.offset
}

const fileOf = (folder: string) => join(folder, 'skipped-records.json')

/** None when there is no file, or another: then the plane is suspended again, and says so. */
function read(folder: string): readonly SkippedRecord[] {
  try {
    const found: unknown = JSON.parse(readFileSync(fileOf(folder), 'utf8'))
    return Array.isArray(found) ? (found as readonly SkippedRecord[]) : []
  } catch {
    return []
  }
}
