import {
  field,
  stateSchema,
  type MarketStatus,
  type StateOf,
  type EventDraft,
  type InstrumentId,
} from '@triplane/contracts'

/** The instrument to watch, and the limits of its lateness. Microseconds. */
export interface LatenessOptions {
  readonly source: string
  readonly instrument: InstrumentId
  /** An event with a larger delay makes the instrument late. */
  readonly lateAfterUs: number
  /** Market time without a delay above half of that, after which it is on time again. */
  readonly onTimeAfterUs: number
  /** An event that is further ahead of our clock has a meaningless time: it counts as late. */
  readonly maxAheadUs: number
}

/** The saved state of a lateness watch. */
export const latenessSchema = stateSchema({
  isLate: field.flag,
  /** When an event was last too late to be on time; 0 before the first. */
  lastLateUs: field.timeUs,
  /** When the instrument last had an event with its own time, and its delay. */
  timedUs: field.timeUs,
  delayUs: field.timeUs,
})
export type LatenessSnapshot = StateOf<typeof latenessSchema>

const onTime: LatenessSnapshot = { isLate: false, lastLateUs: 0, timedUs: 0, delayUs: 0 }

type Emit = (status: EventDraft<MarketStatus>) => void

/**
 * For this long an event without a time has the delay of the newest one of its instrument; after that, of the newest one of the
 * source.
 */
const OWN_DELAY_HOLDS_US = 3_000_000

/** Creates a lateness watch; `snapshot` is from another one with the same options. */
export function createLatenessWatch(options: LatenessOptions, snapshot?: LatenessSnapshot): LatenessWatch {
  return new LatenessWatch(options, snapshot)
}

/**
 * Emits a status when the events of an instrument arrive with too much delay (`late`), and when they are prompt again
 * (`on_time`).
 *
 * Invariants
 * 1. One late event is enough; being on time again takes a while in which no delay exceeds half the limit.
 * 2. `late` and `on_time` alternate, and precede the event that causes them.
 */
export class LatenessWatch {
  readonly #options: LatenessOptions
  #isLate: boolean
  #lastLateUs: number
  #timedUs: number
  #delayUs: number

  constructor(options: LatenessOptions, saved: LatenessSnapshot = onTime) {
    this.#options = options
    this.#isLate = saved.isLate
    this.#lastLateUs = saved.lastLateUs
    this.#timedUs = saved.timedUs
    this.#delayUs = saved.delayUs
  }

  get isLate(): boolean {
    return this.#isLate
  }

  /** Handles an event that arrived `delayUs` after its time, above the clock offset. */
  onTimed(delayUs: number, nowUs: number, emit: Emit): void {
    this.#timedUs = nowUs
    this.#delayUs = delayUs
    this.#judge(delayUs, nowUs, emit)
  }

  /** Handles an event without a time: it is as late as its neighbours. */
  onUntimed(sourceDelayUs: number, nowUs: number, emit: Emit): void {
    this.#judge(nowUs - this.#timedUs <= OWN_DELAY_HOLDS_US ? this.#delayUs : sourceDelayUs, nowUs, emit)
  }

  /** The state from which another watch continues. */
  snapshot(): LatenessSnapshot {
    return { isLate: this.#isLate, lastLateUs: this.#lastLateUs, timedUs: this.#timedUs, delayUs: this.#delayUs }
  }

  #judge(delayUs: number, nowUs: number, emit: Emit): void {
    const { lateAfterUs, onTimeAfterUs, maxAheadUs } = this.#options
    const isAhead = delayUs < -maxAheadUs
    if (isAhead || delayUs > (this.#isLate ? lateAfterUs / 2 : lateAfterUs)) {
      this.#lastLateUs = nowUs
      if (!this.#isLate) this.#change(true, nowUs, emit, isAhead ? 'ahead' : 'delay')
    } else if (this.#isLate && nowUs - this.#lastLateUs >= onTimeAfterUs) {
      this.#change(false, nowUs, emit)
    }
  }

  #change(isLate: boolean, tsRecvUs: number, emit: Emit, reason?: 'ahead' | 'delay'): void {
    this.#isLate = isLate
    const { source, instrument } = this.#options
    const status = isLate ? 'late' : 'on_time'
    emit({ type: 'marketStatus', source, instrument, tsRecvUs, status, ...(reason && { reason }) })
  }
}
