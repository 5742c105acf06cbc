const BLOCK_SLOTS = 4096

/** The place of the values of one series: `slots` numbers of `values` from `at` on, for as long as the store lives. */
export interface Place {
  readonly block: number
  readonly values: Float64Array
  readonly at: number
}

/** A copy of the numbers of every block. */
export type StoreCopy = readonly Float64Array[]

/**
 * Holds the numbers of all series of a service in a few large arrays.
 *
 * Invariants
 * 1. A place never moves: handles keep the array and the index, and recording is an array add.
 * 2. The slots of a place lie in one block, one after the other.
 */
export class SeriesStore {
  readonly #blocks: Float64Array[] = []
  #free = 0

  /** Allocates `slots` numbers, all 0. */
  allocate(slots: number): Place {
    const last = this.#blocks.at(-1)
    if (last === undefined || this.#free + slots > last.length) {
      this.#blocks.push(new Float64Array(Math.max(BLOCK_SLOTS, slots)))
      this.#free = 0
    }
    const block = this.#blocks.length - 1
    const at = this.#free
    this.#free += slots
    return { block, values: this.#blocks[block] as Float64Array, at }
  }

  /** A copy of all numbers at one moment, so that related values agree. */
  copy(): StoreCopy {
    return this.#blocks.map((block) => block.slice())
  }
}
