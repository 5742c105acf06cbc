/** Sequences that were passed, by producer, topic and key. */
export type HighWaterMarksSnapshot = Readonly<Record<string, number>>

/**
 * Recognises what is delivered twice: the events of one producer come in order of their sequence within a topic and key,
 * so what is not above the highest seen was there before. By key and not by partition, because the batches of two
 * instruments that share a partition overlap.
 */
export class HighWaterMarks {
  readonly #marks: Map<string, number>

  constructor(snapshot: HighWaterMarksSnapshot = {}) {
    this.#marks = new Map(Object.entries(snapshot))
  }

  /** The highest sequence that came from `producer` on `topic` under `key`; -1 when none did. */
  of(producer: string, topic: string, key: string): number {
    return this.#marks.get(nameOf(producer, topic, key)) ?? -1
  }

  set(producer: string, topic: string, key: string, seq: number): void {
    this.#marks.set(nameOf(producer, topic, key), seq)
  }

  snapshot(): HighWaterMarksSnapshot {
    return Object.fromEntries(this.#marks)
  }
}

const nameOf = (producer: string, topic: string, key: string) => `${producer} ${topic} ${key}`
