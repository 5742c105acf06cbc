import type { StateKind, StateValues } from './latest-state.ts'

/** The newest value of a key. It is replaced, never changed. */
export interface WaitingValue {
  readonly kind: StateKind
  readonly key: string
  readonly value: StateValues[StateKind]
  readonly notedUs: number
}

/** The newest value of every key that is not stored yet. */
export class WaitingValues {
  readonly #byKind = new Map<StateKind, Map<string, WaitingValue>>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Adds a value, replacing the waiting one under its key. Returns false if that would make more than `maxKeys` keys. */
  add(value: WaitingValue, maxKeys: number): boolean {
    const ofKind = this.#ofKind(value.kind)
    if (!ofKind.has(value.key)) {
      if (this.#size >= maxKeys) return false
      this.#size++
    }
    ofKind.set(value.key, value)
    return true
  }

  /** All waiting values. They keep waiting until removed. */
  all(): readonly WaitingValue[] {
    return [...this.#byKind.values()].flatMap((ofKind) => [...ofKind.values()])
  }

  /** Removes stored values, except where a newer value waits by now. */
  remove(values: readonly WaitingValue[]): void {
    for (const value of values) {
      const ofKind = this.#ofKind(value.kind)
      if (ofKind.get(value.key) !== value) continue
      ofKind.delete(value.key)
      this.#size--
    }
  }

  #ofKind(kind: StateKind): Map<string, WaitingValue> {
    let ofKind = this.#byKind.get(kind)
    if (!ofKind) {
      ofKind = new Map()
      this.#byKind.set(kind, ofKind)
    }
    return ofKind
  }
}
