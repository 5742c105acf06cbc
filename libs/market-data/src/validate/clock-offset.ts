import { field, stateSchema, type StateOf } from '@triplane/contracts'
import { floorTime, US_PER_MINUTE, US_PER_SECOND } from '@triplane/kernel'
import { ClockDoubt, clockDoubtSchema } from './clock-doubt.ts'

/** The limits of a clock. */
export interface ClockLimits {
  /** How far ahead of the offset an event may be, and how far the offset may fall in a minute. */
  readonly maxDriftUs: number
  /** How fast the offset rises, millionths of market time. */
  readonly maxRisePpm: number
  /** The offset rises when no lag has been lower for this long. */
  readonly windowUs: number
  /** How long events further ahead pass, and how long they must agree on a new offset. */
  readonly agreeUs: number
  /** How much later one stream of a source may be than another; a single first event further ahead is not trusted. */
  readonly maxStreamDifferenceUs: number
}

/** The recorded Binance captures stay within 220 ms of their offset. */
export const defaultClockLimits: ClockLimits = {
  maxDriftUs: 250_000,
  maxRisePpm: 100,
  windowUs: 5 * US_PER_MINUTE,
  agreeUs: 2 * US_PER_SECOND,
  maxStreamDifferenceUs: US_PER_SECOND,
}

const clockStreams = ['trade', 'quote', 'bookDelta'] as const
/** The streams of a source whose events have a time. */
export type ClockStream = (typeof clockStreams)[number]

/**
 * Verdict on an event's time: `known`; `ahead` of our clock by more than the limit, which may yet be a new offset; or
 * `impossible`, ahead without agreement.
 */
export type ClockVerdict = 'known' | 'ahead' | 'impossible'

/** The state of one stream. */
const streamSchema = stateSchema({
  /** When its last event that was not ahead arrived. */
  normalUs: field.orNull(field.timeUs),
  doubt: field.orNull(clockDoubtSchema),
})
type StreamSnapshot = StateOf<typeof streamSchema>

/** The saved state of a clock offset. */
export const clockOffsetSchema = stateSchema({
  /** With fractions of a microsecond; null before the first event. */
  offsetUs: field.orNull(field.real),
  confirmations: field.count,
  lastUs: field.timeUs,
  halfStartUs: field.timeUs,
  /** Smallest lags of this half of the window and of the one before; null without an event. */
  minUs: field.orNull(field.timeUs),
  minBeforeUs: field.orNull(field.timeUs),
  minuteUs: field.timeUs,
  fallenUs: field.real,
  fallenBeforeUs: field.real,
  agreements: field.count,
  newestDelayUs: field.timeUs,
  streams: stateSchema({
    trade: streamSchema,
    quote: streamSchema,
    bookDelta: streamSchema,
  } satisfies Record<ClockStream, typeof streamSchema>),
})
export type ClockOffsetSnapshot = StateOf<typeof clockOffsetSchema>

const nothingKnown: StreamSnapshot = { normalUs: null, doubt: null }
const beforeFirstEvent: ClockOffsetSnapshot = {
  offsetUs: null,
  confirmations: 0,
  lastUs: 0,
  halfStartUs: 0,
  minUs: null,
  minBeforeUs: null,
  minuteUs: 0,
  fallenUs: 0,
  fallenBeforeUs: 0,
  agreements: 0,
  newestDelayUs: 0,
  streams: { trade: nothingKnown, quote: nothingKnown, bookDelta: nothingKnown },
}

/** Creates the clock offset of one source and venue; all of their instruments share it. */
export function createClockOffset(limits: Partial<ClockLimits> = {}, snapshot?: ClockOffsetSnapshot): ClockOffset {
  return new ClockOffset({ ...defaultClockLimits, ...limits }, snapshot)
}

/**
 * How far our clock is from a venue's: the rolling minimum of the lags (receive time less event time) of a source. A lag above
 * it is delay, however large; one below it by more than the limit is ahead of our clock, which no event can be.
 *
 * Invariants
 * 1. Only events that passed every other check are admitted here, and only those with a venue time. An event that is not
 *    ahead by more than the limit is `known`: lateness raises no doubt.
 * 2. The offset rises at most by `maxRisePpm` of market time, connections lost or not, and only towards the smallest lag of
 *    the window. It falls to a smaller lag at once, at most by the limit in any minute.
 * 3. Events further ahead are `ahead` for 2 s of market time. When those of a stream agree for that long (within the limit
 *    of each other, and no event of that stream contradicts), their smallest lag becomes the offset, and the agreement is
 *    counted: a connect inside a burst, a host clock that was set. Another stream contradicts only when the two are further
 *    apart than streams of a source can be: one clock that runs away does not take the others with it. Without agreement they
 *    are `impossible`.
 * 4. Events that are not `known` leave the offset unchanged. A first event that the second one contradicts is not trusted.
 */
export class ClockOffset {
  readonly #limits: ClockLimits
  #offsetUs: number | undefined
  /** Events within the limit of the first one; two of them confirm the offset. */
  #confirmations: number
  #lastUs: number
  #halfStartUs: number
  #minUs: number | undefined
  #minBeforeUs: number | undefined
  #minuteUs: number
  #fallenUs: number
  #fallenBeforeUs: number
  #agreements: number
  #newestDelayUs: number
  readonly #streams: Record<ClockStream, { normalUs?: number; doubt?: ClockDoubt }>

  constructor(limits: ClockLimits, saved: ClockOffsetSnapshot = beforeFirstEvent) {
    this.#limits = limits
    this.#offsetUs = saved.offsetUs ?? undefined
    this.#confirmations = saved.confirmations
    this.#lastUs = saved.lastUs
    this.#halfStartUs = saved.halfStartUs
    this.#minUs = saved.minUs ?? undefined
    this.#minBeforeUs = saved.minBeforeUs ?? undefined
    this.#minuteUs = saved.minuteUs
    this.#fallenUs = saved.fallenUs
    this.#fallenBeforeUs = saved.fallenBeforeUs
    this.#agreements = saved.agreements
    this.#newestDelayUs = saved.newestDelayUs
    const restored = (stream: ClockStream) => {
      const { normalUs, doubt } = saved.streams[stream]
      return {
        ...(normalUs !== null && { normalUs }),
        ...(doubt && { doubt: new ClockDoubt(doubt.fromUs, this.#doubtLimits(), doubt) }),
      }
    }
    this.#streams = { trade: restored('trade'), quote: restored('quote'), bookDelta: restored('bookDelta') }
  }

  /** The current offset, whole microseconds; undefined before the first event. */
  get offsetUs(): number | undefined {
    return this.#offsetUs === undefined ? undefined : Math.floor(this.#offsetUs)
  }

  /** Number of offsets adopted because events ahead of the previous one agreed on them. */
  get agreements(): number {
    return this.#agreements
  }

  /** Delay of the newest event, whatever its verdict; negative when it was ahead. */
  get newestDelayUs(): number {
    return this.#newestDelayUs
  }

  /** How far ahead of the offset an event may be. */
  get maxDriftUs(): number {
    return this.#limits.maxDriftUs
  }

  /** Judges an event by its times, and learns from one that is `known`. `tsRecvUs` never falls. */
  admit(tsRecvUs: number, tsEventUs: number, stream: ClockStream): ClockVerdict {
    const lagUs = tsRecvUs - tsEventUs
    if (this.#offsetUs === undefined) this.#begin(tsRecvUs, lagUs)
    const isAhead = (this.#offsetUs as number) - lagUs > this.#limits.maxDriftUs
    const verdict = isAhead ? this.#doubt(tsRecvUs, lagUs, stream) : 'known'
    if (verdict === 'known') this.#learn(tsRecvUs, lagUs, stream)
    this.#newestDelayUs = lagUs - (this.offsetUs as number)
    return verdict
  }

  /** Freshness: age of an event at `atUs`, above the offset, microseconds; undefined before the first event. */
  delayUs(atUs: number, tsEventUs: number): number | undefined {
    const { offsetUs } = this
    return offsetUs === undefined ? undefined : atUs - tsEventUs - offsetUs
  }

  /** The state from which another clock offset continues. */
  snapshot(): ClockOffsetSnapshot {
    const known = (stream: ClockStream): StreamSnapshot => {
      const { normalUs, doubt } = this.#streams[stream]
      return { normalUs: normalUs ?? null, doubt: doubt ? doubt.snapshot() : null }
    }
    return {
      offsetUs: this.#offsetUs ?? null,
      confirmations: this.#confirmations,
      lastUs: this.#lastUs,
      halfStartUs: this.#halfStartUs,
      minUs: this.#minUs ?? null,
      minBeforeUs: this.#minBeforeUs ?? null,
      minuteUs: this.#minuteUs,
      fallenUs: this.#fallenUs,
      fallenBeforeUs: this.#fallenBeforeUs,
      agreements: this.#agreements,
      newestDelayUs: this.#newestDelayUs,
      streams: { trade: known('trade'), quote: known('quote'), bookDelta: known('bookDelta') },
    }
  }

  /** Adopts the lag as the offset, and forgets earlier lags. */
  #begin(nowUs: number, offsetUs: number): void {
    this.#offsetUs = offsetUs
    this.#lastUs = nowUs
    this.#halfStartUs = floorTime(nowUs, this.#limits.windowUs / 2)
    this.#minUs = offsetUs
    this.#minBeforeUs = undefined
  }

  #learn(nowUs: number, lagUs: number, stream: ClockStream): void {
    const known = this.#streams[stream]
    known.normalUs = nowUs
    if (known.doubt?.onNormal(nowUs, lagUs)) delete known.doubt
    if (this.#confirmations < 2) this.#confirm(nowUs, lagUs)
    this.#follow(nowUs, lagUs)
  }

  /** An event far ahead of the next one has a wrong clock; it is not that all others are late. */
  #confirm(nowUs: number, lagUs: number): void {
    const behindUs = lagUs - (this.#offsetUs as number)
    if (behindUs <= this.#limits.maxDriftUs) this.#confirmations++
    else if (behindUs > this.#limits.maxStreamDifferenceUs) this.#begin(nowUs, lagUs)
  }

  #follow(nowUs: number, lagUs: number): void {
    const { windowUs, maxRisePpm } = this.#limits
    const offsetUs = this.#offsetUs as number
    const halfUs = windowUs / 2
    if (nowUs >= this.#halfStartUs + halfUs) {
      this.#minBeforeUs = nowUs < this.#halfStartUs + windowUs ? this.#minUs : undefined
      this.#minUs = undefined
      this.#halfStartUs = floorTime(nowUs, halfUs)
    }
    if (this.#minUs === undefined || lagUs < this.#minUs) this.#minUs = lagUs
    const minUs = this.#minBeforeUs === undefined ? this.#minUs : Math.min(this.#minUs, this.#minBeforeUs)
    if (minUs > offsetUs) this.#offsetUs = Math.min(minUs, offsetUs + ((nowUs - this.#lastUs) * maxRisePpm) / 1_000_000)
    else if (minUs < offsetUs) this.#offsetUs = offsetUs - this.#takeFall(nowUs, offsetUs - minUs)
    this.#lastUs = nowUs
  }

  /** The part of `wantedUs` by which the offset may fall now: falls in this minute and the one before count. */
  #takeFall(nowUs: number, wantedUs: number): number {
    const minuteUs = floorTime(nowUs, US_PER_MINUTE)
    if (minuteUs !== this.#minuteUs) {
      this.#fallenBeforeUs = minuteUs === this.#minuteUs + US_PER_MINUTE ? this.#fallenUs : 0
      this.#fallenUs = 0
      this.#minuteUs = minuteUs
    }
    const leftUs = Math.max(0, this.#limits.maxDriftUs - this.#fallenUs - this.#fallenBeforeUs)
    const fallUs = Math.min(wantedUs, leftUs)
    this.#fallenUs += fallUs
    return fallUs
  }

  #doubt(nowUs: number, lagUs: number, stream: ClockStream): ClockVerdict {
    const known = this.#streams[stream]
    this.#lastUs = nowUs
    known.doubt ??= new ClockDoubt(nowUs, this.#doubtLimits())
    const verdict = known.doubt.onAhead(nowUs, lagUs)
    if (verdict === 'passes') return 'ahead'
    if (verdict === 'refused' || this.#isContradicted(known.doubt, stream)) return 'impossible'
    this.#begin(nowUs, known.doubt.minLagUs)
    this.#confirmations = 2
    this.#agreements++
    for (const each of clockStreams) delete this.#streams[each].doubt
    return 'known'
  }

  /** True when another stream continues as before, later than any stream of one source can be. */
  #isContradicted(doubt: ClockDoubt, stream: ClockStream): boolean {
    if ((this.#offsetUs as number) - doubt.minLagUs <= this.#limits.maxStreamDifferenceUs) return false
    return clockStreams.some(
      (each) => each !== stream && (this.#streams[each].normalUs ?? -Infinity) >= doubt.agreeingFromUs,
    )
  }

  #doubtLimits() {
    return { limitUs: this.#limits.maxDriftUs, agreeUs: this.#limits.agreeUs }
  }
}
