import type { Event } from '@triplane/contracts'

/** How many batches wait at most: a turn has fewer, unless it goes through hours of timers. */
const MAX_BATCHES = 4096

/**
 * What a plane has published and nobody has counted yet. What is counted can wait, the next stage cannot; and a loop over
 * many events is faster than many loops over one.
 */
export class Unobserved<E extends Event> {
  readonly #see: (event: E) => void
  readonly #batches: (readonly E[])[] = []

  /** `see` is shown every event once, in emission order. */
  constructor(see: (event: E) => void) {
    this.#see = see
  }

  /** Adds a batch, which must not change any more. */
  add(events: readonly E[]): void {
    this.#batches.push(events)
    if (this.#batches.length === MAX_BATCHES) this.observe()
  }

  /** Shows what was added since the last call. */
  observe(): void {
    const batches = this.#batches
    for (let i = 0; i < batches.length; i++) {
      const events = batches[i] as readonly E[]
      for (let j = 0; j < events.length; j++) this.#see(events[j] as E)
    }
    batches.length = 0
  }
}
