import type { StateKind, StateValues } from './latest-state.ts'

/** The newest value of a key, as it was set: an event may have more fields than are stored. */
export interface WaitingValue {
  readonly kind: StateKind
  readonly key: string
  readonly value: StateValues[StateKind]
  readonly notedUs: number
}

/** The newest value of a key, renewed in its place: nothing is made of one that a newer one replaces before it is stored. */
type Place = { -readonly [Field in keyof WaitingValue]: WaitingValue[Field] }

/** The newest value of every key that is not stored yet. */
export class WaitingValues {
  readonly #byKind: Readonly<Record<StateKind, Map<string, Place>>> = {
    quote: new Map(),
    position: new Map(),
    fill: new Map(),
    killSwitch: new Map(),
    plane: new Map(),
  }
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Adds a value, replacing the waiting one under its key. Returns false if that would make more than `maxKeys` keys. */
  add<Kind extends StateKind>(
    kind: Kind,
    key: string,
    value: StateValues[Kind],
    notedUs: number,
    maxKeys: number,
  ): boolean {
    const place = this.#byKind[kind].get(key)
    if (place !== undefined) {
      place.value = value
      place.notedUs = notedUs
      return true
    }
    if (this.#size >= maxKeys) return false
    this.#size++
    this.#byKind[kind].set(key, { kind, key, value, notedUs })
    return true
  }

  /** All waiting values. They keep waiting until removed. */
  all(): readonly WaitingValue[] {
    return Object.values(this.#byKind).flatMap((ofKind) => Array.from(ofKind.values(), (place) => ({ ...place })))
  }

  /** Removes stored values, except where a newer value waits by now. */
  remove(values: readonly WaitingValue[]): void {
    for (const { kind, key, value, notedUs } of values) {
      const place = this.#byKind[kind].get(key)
      if (place?.value !== value || place.notedUs !== notedUs) continue
      this.#byKind[kind].delete(key)
      this.#size--
    }
  }
}
