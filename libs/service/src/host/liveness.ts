import type { Clock } from '@triplane/kernel'

export interface LivenessOptions {
  /** Silence after which the strategy plane counts as down, microseconds of wall time. */
  readonly limitUs: number
  /** Monotonic time of its newest heartbeat; undefined before the first. */
  readonly lastSeenUs: () => number | undefined
  /** Called on each change: `reducing` restricts trading to closing; `active` lifts that. */
  readonly judge: (state: 'reducing' | 'active', why: string) => void
  /** True if what an earlier process judged last may stand: then the first verdict is said whatever it is, and `active` only after a heartbeat. */
  readonly mayStand?: boolean
  readonly clock: Pick<Clock, 'monotonicUs'>
}

/** Judges by the wall clock whether the strategy plane is alive, after a grace of `limitUs` from the start. */
export class Liveness {
  readonly #options: LivenessOptions
  readonly #startUs: number
  /** Undefined while what an earlier process judged may stand. */
  #isGone: boolean | undefined

  constructor(options: LivenessOptions) {
    this.#options = options
    this.#isGone = options.mayStand ? undefined : false
    this.#startUs = options.clock.monotonicUs()
  }

  /** Judges now. */
  check(): void {
    const { limitUs, lastSeenUs, judge, clock } = this.#options
    const seenUs = lastSeenUs()
    const silenceUs = clock.monotonicUs() - Math.max(seenUs ?? this.#startUs, this.#startUs)
    const isGone = silenceUs > limitUs
    if (this.#isGone === undefined && !isGone && seenUs === undefined) return
    if (isGone === this.#isGone) return
    this.#isGone = isGone
    if (isGone) judge('reducing', `Expected a heartbeat of the strategy plane within ${limitUs / 1e6} s, was none`)
    else judge('active', 'Heartbeats of the strategy plane are back')
  }
}
