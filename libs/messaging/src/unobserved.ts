import type { Event } from '@triplane/contracts'

/** Maximum number of waiting batches: a turn has fewer, unless it goes through hours of timers. */
const MAX_BATCHES = 4096

/**
 * Events that a plane has published but not observed yet. Metrics can wait, the next stage cannot; and one loop over many
 * events is faster than many loops over one.
 */
export class Unobserved<E extends Event> {
  readonly #see: (event: E) => void
  /** The slots below `#waiting` are in use; they are reused. */
  readonly #batches: (readonly E[])[] = []
  #waiting = 0

  /** `see` is called with every event once, in emission order. */
  constructor(see: (event: E) => void) {
    this.#see = see
  }

  /** Adds a batch, which must not change afterwards. */
  add(events: readonly E[]): void {
    this.#batches[this.#waiting++] = events
    if (this.#waiting === MAX_BATCHES) this.observe()
  }

  /** Passes everything added since the last call to `see`. */
  observe(): void {
    const batches = this.#batches
    for (let i = 0; i < this.#waiting; i++) {
      const events = batches[i] as readonly E[]
      for (let j = 0; j < events.length; j++) this.#see(events[j] as E)
    }
    this.#waiting = 0
  }
}
