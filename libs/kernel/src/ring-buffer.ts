import { invariant } from './invariant.ts'

/** Slots of an empty buffer. */
const FEWEST_SLOTS = 16

/** A queue of at most `capacity` entries in one array, which doubles as it fills: push at the end, shift from the front. */
export class RingBuffer<T> {
  readonly capacity: number
  #slots: (T | undefined)[]
  #head = 0
  #size = 0

  constructor(capacity: number) {
    invariant(Number.isInteger(capacity) && capacity > 0, 'capacity is a positive integer', capacity)
    this.capacity = capacity
    this.#slots = slots(Math.min(capacity, FEWEST_SLOTS))
  }

  get size(): number {
    return this.#size
  }

  /** Adds at the end. Returns false, and adds nothing, when the buffer is full. */
  push(entry: T): boolean {
    if (this.#size === this.capacity) return false
    if (this.#size === this.#slots.length) this.#grow()
    this.#slots[(this.#head + this.#size) % this.#slots.length] = entry
    this.#size++
    return true
  }

  /** Removes and returns the front entry. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined
    const entry = this.#slots[this.#head]
    this.#slots[this.#head] = undefined
    this.#head = (this.#head + 1) % this.#slots.length
    this.#size--
    return entry
  }

  /** The entry `index` places behind the front. */
  at(index: number): T | undefined {
    return index >= 0 && index < this.#size ? this.#slots[(this.#head + index) % this.#slots.length] : undefined
  }

  /** All entries, oldest first. */
  toArray(): T[] {
    return Array.from({ length: this.#size }, (_, i) => this.at(i) as T)
  }

  #grow(): void {
    const entries = this.toArray()
    this.#slots = slots(Math.min(this.capacity, 2 * entries.length))
    for (const [i, entry] of entries.entries()) this.#slots[i] = entry
    this.#head = 0
  }
}

function slots<T>(count: number): (T | undefined)[] {
  return new Array<T | undefined>(count).fill(undefined)
}
