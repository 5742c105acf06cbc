import { field, stateSchema, type StateOf } from '@triplane/contracts'
import { invariant, US_PER_SECOND } from '@triplane/kernel'

/** The expectation of an instrument: an event in every interval. */
export interface CompletenessOptions {
  /** Length of an interval of receive time. Default 1 s. */
  readonly intervalUs?: number
  /** Number of intervals in the sliding window. Default 60. */
  readonly intervals?: number
}

/** The saved state of a completeness score. Intervals are numbered from the epoch. */
export const completenessSchema = stateSchema({
  first: field.orNull(field.integer),
  /** Intervals of the window with an event, oldest first. */
  received: field.list(field.integer),
})
export type CompletenessSnapshot = StateOf<typeof completenessSchema>

/** Creates a completeness score; `snapshot` is from another one with the same options. */
export function createCompleteness(options: CompletenessOptions = {}, snapshot?: CompletenessSnapshot): Completeness {
  return new Completeness(options, snapshot)
}

/**
 * The share of recent intervals in which an event was received, 0-1. The window ends with the last finished interval, and does
 * not reach back beyond the first event. Downtime is incomplete: a disconnect changes nothing.
 */
export class Completeness {
  readonly #intervalUs: number
  readonly #window: number
  /** Interval of the last event in each slot of the window; slots are reused when it slides. */
  readonly #slots: Float64Array
  #first: number | undefined
  /** Start of the interval that was marked last. */
  #markedFromUs = Number.NaN

  constructor(
    { intervalUs = US_PER_SECOND, intervals = 60 }: CompletenessOptions,
    { first, received }: CompletenessSnapshot = { first: null, received: [] },
  ) {
    invariant(intervalUs > 0, 'an interval has a length', intervalUs)
    invariant(intervals > 0, 'the window has an interval', intervals)
    this.#intervalUs = intervalUs
    this.#window = intervals
    this.#slots = new Float64Array(intervals + 1).fill(-1)
    this.#first = first ?? undefined
    for (const interval of received) this.#mark(interval)
  }

  /** Notes an event. Most are in an interval that is marked already. */
  onEvent(tsRecvUs: number): void {
    if (tsRecvUs >= this.#markedFromUs && tsRecvUs < this.#markedFromUs + this.#intervalUs) return
    const interval = Math.floor(tsRecvUs / this.#intervalUs)
    this.#first ??= interval
    this.#mark(interval)
  }

  /** Received / expected intervals at market time `tsUs`; undefined before the first interval is over. */
  score(tsUs: number): number | undefined {
    const current = Math.floor(tsUs / this.#intervalUs)
    if (this.#first === undefined || current <= this.#first) return undefined
    const from = Math.max(this.#first, current - this.#window)
    const received = this.#slots.filter((interval) => interval >= from && interval < current)
    return received.length / (current - from)
  }

  /** The state from which another score continues. */
  snapshot(): CompletenessSnapshot {
    return {
      first: this.#first ?? null,
      received: [...this.#slots.filter((interval) => interval >= 0).sort()],
    }
  }

  #mark(interval: number): void {
    this.#slots[interval % this.#slots.length] = interval
    this.#markedFromUs = interval * this.#intervalUs
  }
}
