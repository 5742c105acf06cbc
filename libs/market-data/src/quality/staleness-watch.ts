import {
  field,
  stateSchema,
  type MarketStatus,
  type MarketStatusCode,
  type StateOf,
  type EventDraft,
  type InstrumentId,
} from '@triplane/contracts'

/** The instrument to watch, and the limit of its silence. */
export interface StalenessOptions {
  readonly source: string
  readonly instrument: InstrumentId
  readonly limitUs: number
}

/** The saved state of a staleness watch. */
export const stalenessSchema = stateSchema({
  lastRecvUs: field.orNull(field.timeUs),
  isStale: field.flag,
})
export type StalenessSnapshot = StateOf<typeof stalenessSchema>

type Emit = (status: EventDraft<MarketStatus>) => void

/** Creates a staleness watch; `snapshot` is from another one with the same options. */
export function createStalenessWatch(options: StalenessOptions, snapshot?: StalenessSnapshot): StalenessWatch {
  return new StalenessWatch(options, snapshot)
}

/**
 * Emits a status when nothing has been received of an instrument for too long (`stale`), and when something is again (`fresh`).
 *
 * Invariants
 * 1. It uses receive time only. Before the first event nothing can be stale.
 * 2. `stale` and `fresh` alternate. A disconnect changes nothing: silence is silence.
 */
export class StalenessWatch {
  readonly #options: StalenessOptions
  /** Infinity before the first event, so that nothing is due. */
  #lastRecvUs: number
  #isStale: boolean

  constructor(
    options: StalenessOptions,
    { lastRecvUs, isStale }: StalenessSnapshot = { lastRecvUs: null, isStale: false },
  ) {
    this.#options = options
    this.#lastRecvUs = lastRecvUs ?? Infinity
    this.#isStale = isStale
  }

  get isStale(): boolean {
    return this.#isStale
  }

  /** Notes an event. */
  onEvent(tsRecvUs: number, emit: Emit): void {
    this.#lastRecvUs = tsRecvUs
    if (this.#isStale) this.#change(false, tsRecvUs, emit)
  }

  /** Market time at which silence becomes stale; Infinity when it already is, or before the first event. */
  dueUs(): number {
    return this.#isStale ? Infinity : this.#lastRecvUs + this.#options.limitUs
  }

  /** Checks the silence at market time `tsUs`. */
  onTime(tsUs: number, emit: Emit): void {
    if (tsUs >= this.dueUs()) this.#change(true, tsUs, emit)
  }

  /** The state from which another watch continues. */
  snapshot(): StalenessSnapshot {
    return { lastRecvUs: this.#lastRecvUs < Infinity ? this.#lastRecvUs : null, isStale: this.#isStale }
  }

  #change(isStale: boolean, tsRecvUs: number, emit: Emit): void {
    this.#isStale = isStale
    const status: MarketStatusCode = isStale ? 'stale' : 'fresh'
    const { source, instrument } = this.#options
    emit({ type: 'marketStatus', source, instrument, tsRecvUs, status })
  }
}
