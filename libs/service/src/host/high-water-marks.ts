import { field, stateSchema, type StateOf } from '@triplane/contracts'

/** The highest sequences, as they are saved. */
export const highWaterMarksSchema = field.list(
  stateSchema({ producer: field.text, topic: field.text, key: field.text, seq: field.integer }),
)
export type HighWaterMarksSnapshot = StateOf<typeof highWaterMarksSchema>

type Mark = { -readonly [Field in keyof HighWaterMarksSnapshot[number]]: HighWaterMarksSnapshot[number][Field] }

/**
 * Deduplicates: within a topic and key, the events of one producer come in sequence, so any at or below the highest
 * seen is a duplicate. By key rather than partition, because batches of two keys in one partition overlap.
 */
export class HighWaterMarks {
  readonly #marks: Map<string, Mark>

  constructor(saved: HighWaterMarksSnapshot = []) {
    this.#marks = new Map(saved.map((mark) => [nameOf(mark.producer, mark.topic, mark.key), { ...mark }]))
  }

  /** The highest sequence of `producer` on `topic` under `key`; -1 before the first. */
  of(producer: string, topic: string, key: string): number {
    return this.#marks.get(nameOf(producer, topic, key))?.seq ?? -1
  }

  /** The highest sequence of `producer` anywhere; -1 before the first. */
  highestOf(producer: string): number {
    let highest = -1
    for (const mark of this.#marks.values()) if (mark.producer === producer) highest = Math.max(highest, mark.seq)
    return highest
  }

  set(producer: string, topic: string, key: string, seq: number): void {
    const name = nameOf(producer, topic, key)
    const mark = this.#marks.get(name)
    if (mark) mark.seq = seq
    else this.#marks.set(name, { producer, topic, key, seq })
  }

  snapshot(): HighWaterMarksSnapshot {
    return Array.from(this.#marks.values(), (mark) => ({ ...mark }))
  }
}

const nameOf = (producer: string, topic: string, key: string) => `${producer} ${topic} ${key}`
