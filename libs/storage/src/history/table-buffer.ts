import type { Event } from '@triplane/contracts'
import type { HistoryTable } from './history-table.ts'
import type { Batch } from './row-writer.ts'

/** The waiting rows of one table, in two columns, and the outcomes for the others. */
export class TableBuffer {
  readonly table: HistoryTable
  written = 0
  known = 0
  failed = 0
  dropped = 0
  spilled = 0
  /** Rows that entered, and rows that left for good: first in, first out. */
  entered = 0
  left = 0
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
    this.entered++
  }

  /** Puts back the rows taken last, as the oldest ones. */
  putBack({ events, producers }: Batch): void {
    this.#events = [...events, ...this.#events]
    this.#producers = [...producers, ...this.#producers]
  }

  /** Removes and returns the oldest rows, at most `max`. */
  take(max: number): Batch {
    if (this.#events.length > max)
      return { events: this.#events.splice(0, max), producers: this.#producers.splice(0, max) }
    const batch = { events: this.#events, producers: this.#producers }
    this.#events = []
    this.#producers = []
    return batch
  }
}
