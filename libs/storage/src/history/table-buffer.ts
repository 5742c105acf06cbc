import type { Event } from '@triplane/contracts'
import type { Batch } from './batch-writer.ts'
import type { HistoryTable } from './history-table.ts'

/** The rows of one table that wait, in two columns, and what became of the others. */
export class TableBuffer {
  readonly table: HistoryTable
  written = 0
  known = 0
  failed = 0
  dropped = 0
  #events: Event[] = []
  #producers: string[] = []

  constructor(table: HistoryTable) {
    this.table = table
  }

  get size(): number {
    return this.#events.length
  }

  push(producer: string, event: Event): void {
    this.#events.push(event)
    this.#producers.push(producer)
  }

  /** Takes the oldest rows out, at most `max`. */
  take(max: number): Batch {
    if (this.#events.length > max)
      return { events: this.#events.splice(0, max), producers: this.#producers.splice(0, max) }
    const batch = { events: this.#events, producers: this.#producers }
    this.#events = []
    this.#producers = []
    return batch
  }
}
