import { US_PER_SECOND } from '@triplane/kernel'
import type { ValidationError } from './validation-error.ts'

/** Samples that the median is taken of; the minimum is taken of all. */
const MAX_SAMPLES = 10_000

/** What a clock may do. */
export interface ClockLimits {
  /** How long the offset is estimated. */
  readonly estimateUs: number
  /** The largest offset, either way. */
  readonly maxOffsetUs: number
  /** How far the estimate may be below the median of its samples. */
  readonly maxBelowMedianUs: number
  /** The largest difference to the offset, either way. */
  readonly maxDriftUs: number
}

/** The recorded Binance captures stay within 220 ms of their offset. */
export const defaultClockLimits: ClockLimits = {
  estimateUs: 5 * US_PER_SECOND,
  maxOffsetUs: 60 * US_PER_SECOND,
  maxBelowMedianUs: US_PER_SECOND,
  maxDriftUs: 250_000,
}

/** What a clock offset needs to go on from where it was. */
export interface ClockOffsetSnapshot {
  readonly offsetUs?: number
  readonly startUs?: number
  readonly minLagUs: number
  readonly lagsUs: readonly number[]
  readonly refusedEstimates: number
}

/** Builds the clock offset of one source and venue; all of their instruments share it. */
export function createClockOffset(limits: Partial<ClockLimits> = {}, snapshot?: ClockOffsetSnapshot): ClockOffset {
  return new ClockOffset({ ...defaultClockLimits, ...limits }, snapshot)
}

/**
 * How far our clock is from a venue's: the smallest lag (receive time less event time) of the first 5 s after a connect, then
 * frozen. A lag above it is delay; a lag too far from it is drift.
 *
 * Invariants
 * 1. Only events that passed every other check are admitted here, and only those with a venue time. The 5 s begin with the first of them.
 * 2. While the offset is estimated, events are not judged for drift; one whose own lag is beyond the largest offset is
 *    refused (`clock_offset`) and not counted, so an offset beyond it is never taken.
 * 3. An estimate too far below the median of its samples is refused, counted, and made anew over the next 5 s; the events meanwhile
 *    are treated as in the first 5 s. No event is refused for an estimate that others spoilt.
 * 4. The offset never follows the drift: only `restart` (a connect, an operator) has it estimated anew.
 */
export class ClockOffset {
  readonly #limits: ClockLimits
  #offsetUs: number | undefined
  #startUs: number | undefined
  #minLagUs: number
  #lagsUs: number[]
  #refusedEstimates: number

  constructor(limits: ClockLimits, snapshot?: ClockOffsetSnapshot) {
    this.#limits = limits
    this.#offsetUs = snapshot?.offsetUs
    this.#startUs = snapshot?.startUs
    this.#minLagUs = snapshot?.minLagUs ?? 0
    this.#lagsUs = [...(snapshot?.lagsUs ?? [])]
    this.#refusedEstimates = snapshot?.refusedEstimates ?? 0
  }

  /** The offset in force, microseconds; undefined while it is estimated. */
  get offsetUs(): number | undefined {
    return this.#offsetUs
  }

  /** Number of estimates that were refused. */
  get refusedEstimates(): number {
    return this.#refusedEstimates
  }

  /** Admits or refuses an event by its times. */
  admit(tsRecvUs: number, tsEventUs: number): ValidationError | undefined {
    const lagUs = tsRecvUs - tsEventUs
    if (this.#offsetUs === undefined) return this.#estimate(tsRecvUs, lagUs)
    const driftUs = lagUs - this.#offsetUs
    const limitUs = this.#limits.maxDriftUs
    return driftUs > limitUs || driftUs < -limitUs ? { code: 'clock_drift', driftUs, limitUs } : undefined
  }

  /** Freshness: age of an event at `atUs`, above the offset, microseconds; undefined while the offset is estimated. */
  delayUs(atUs: number, tsEventUs: number): number | undefined {
    return this.#offsetUs === undefined ? undefined : atUs - tsEventUs - this.#offsetUs
  }

  /** Has the offset estimated anew: after a disconnect, or when an operator says so. */
  restart(): void {
    this.#offsetUs = this.#startUs = undefined
    this.#lagsUs = []
  }

  /** Everything that another clock offset needs to go on from here. */
  snapshot(): ClockOffsetSnapshot {
    return {
      ...(this.#offsetUs !== undefined && { offsetUs: this.#offsetUs }),
      ...(this.#startUs !== undefined && { startUs: this.#startUs }),
      minLagUs: this.#minLagUs,
      lagsUs: [...this.#lagsUs],
      refusedEstimates: this.#refusedEstimates,
    }
  }

  #estimate(tsRecvUs: number, lagUs: number): ValidationError | undefined {
    const limitUs = this.#limits.maxOffsetUs
    if (lagUs > limitUs || lagUs < -limitUs) return { code: 'clock_offset', offsetUs: lagUs, limitUs }
    if (this.#startUs !== undefined && tsRecvUs >= this.#startUs + this.#limits.estimateUs) {
      const isTrusted = this.#minLagUs >= medianOf(this.#lagsUs) - this.#limits.maxBelowMedianUs
      this.restart()
      if (isTrusted) {
        this.#offsetUs = this.#minLagUs
        return this.admit(tsRecvUs, tsRecvUs - lagUs)
      }
      this.#refusedEstimates++
    }
    if (this.#startUs === undefined) {
      this.#startUs = tsRecvUs
      this.#minLagUs = lagUs
    }
    if (lagUs < this.#minLagUs) this.#minLagUs = lagUs
    if (this.#lagsUs.length < MAX_SAMPLES) this.#lagsUs.push(lagUs)
    return undefined
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[sorted.length >> 1] as number
}
