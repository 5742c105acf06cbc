import { field, type OrderIntent, type StateOf } from '@triplane/contracts'

/** The saved waiting intents. */
export const waitingIntentsSchema = field.list(field.event('orderIntent'))

/**
 * Intents decided on data that has not arrived here yet. In lockstep there are none. They wait for the data in the order of
 * their arrival, each for at most its validity.
 */
export class WaitingIntents {
  #intents: OrderIntent[]

  constructor(snapshot: readonly OrderIntent[] = []) {
    this.#intents = [...snapshot]
  }

  get size(): number {
    return this.#intents.length
  }

  add(intent: OrderIntent): void {
    this.#intents.push(intent)
  }

  has(intentId: string): boolean {
    return this.#intents.some((intent) => intent.intentId === intentId)
  }

  /** When the next validity ends; Infinity when none waits. */
  nextDueUs(): number {
    let dueUs = Number.POSITIVE_INFINITY
    for (const { validUntilUs } of this.#intents) dueUs = Math.min(dueUs, validUntilUs)
    return dueUs
  }

  /** Removes and returns the intents that fit. */
  take(fits: (intent: OrderIntent) => boolean): readonly OrderIntent[] {
    const taken = this.#intents.filter(fits)
    if (taken.length > 0) this.#intents = this.#intents.filter((intent) => !taken.includes(intent))
    return taken
  }

  snapshot(): StateOf<typeof waitingIntentsSchema> {
    return [...this.#intents]
  }
}
