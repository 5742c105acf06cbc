import { invariant } from './invariant.ts'

/** A queue of at most `capacity` entries in one array: push at the end, shift from the front, no copying. */
export class RingBuffer<T> {
  readonly #slots: (T | undefined)[]
  #head = 0
  #size = 0

  constructor(capacity: number) {
    invariant(Number.isInteger(capacity) && capacity > 0, 'capacity is a positive integer', capacity)
    this.#slots = new Array<T | undefined>(capacity).fill(undefined)
  }

  get size(): number {
    return this.#size
  }

  get capacity(): number {
    return this.#slots.length
  }

  /** Adds at the end. False, and nothing added, when the buffer is full. */
  push(entry: T): boolean {
    if (this.#size === this.#slots.length) return false
    this.#slots[(this.#head + this.#size) % this.#slots.length] = entry
    this.#size++
    return true
  }

  /** Takes from the front. */
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
}
