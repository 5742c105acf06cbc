import {
  field,
  stateSchema,
  type MarketStatus,
  type StateOf,
  type EventDraft,
  type InstrumentId,
} from '@triplane/contracts'

/** Whose lateness is watched, and when it begins and ends. Microseconds. */
export interface LatenessOptions {
  readonly source: string
  readonly instrument: InstrumentId
  /** An event that is later than this makes the instrument late. */
  readonly lateAfterUs: number
  /** So much market time without an event later than half of that makes it on time again. */
  readonly onTimeAfterUs: number
  /** An event that is further ahead of our clock than this has a time that nothing can be told by: it counts as late. */
  readonly maxAheadUs: number
}

/** What a lateness watch needs to go on from where it was. */
export const latenessSchema = stateSchema({
  isLate: field.flag,
  /** When an event was last too late to be on time; 0 before there was one. */
  lastLateUs: field.timeUs,
  /** When the instrument last had an event with a time of its own, and its delay. */
  timedUs: field.timeUs,
  delayUs: field.timeUs,
})
export type LatenessSnapshot = StateOf<typeof latenessSchema>

const onTime: LatenessSnapshot = { isLate: false, lastLateUs: 0, timedUs: 0, delayUs: 0 }

type Emit = (status: EventDraft<MarketStatus>) => void

/** For so long an event without a time is as late as the newest one of its instrument; then as the newest one of the source. */
const OWN_DELAY_HOLDS_US = 3_000_000

/** Builds a lateness watch; `snapshot` comes from another one of the same options. */
export function createLatenessWatch(options: LatenessOptions, snapshot?: LatenessSnapshot): LatenessWatch {
  return new LatenessWatch(options, snapshot)
}

/**
 * Says when what is received of an instrument is old when it comes (`late`), and when it is new again (`on_time`).
 *
 * Invariants
 * 1. One late event is enough; being on time again takes a while in which none is later than half the limit.
 * 2. `late` and `on_time` alternate, and come before the event that they are said for.
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

  /** Takes an event that came `delayUs` after its time, above the clock offset. */
  onTimed(delayUs: number, nowUs: number, emit: Emit): void {
    this.#timedUs = nowUs
    this.#delayUs = delayUs
    this.#judge(delayUs, nowUs, emit)
  }

  /** Takes an event without a time: it is as late as what came with it. */
  onUntimed(sourceDelayUs: number, nowUs: number, emit: Emit): void {
    this.#judge(nowUs - this.#timedUs <= OWN_DELAY_HOLDS_US ? this.#delayUs : sourceDelayUs, nowUs, emit)
  }

  /** Everything that another watch needs to go on from here. */
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
