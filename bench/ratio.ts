/** How many times less something costs than its peer, with what is not known of it. */
export interface Ratio {
  /** Cost of the peer by that of ours: more is better. */
  readonly value: number
  /** Half the width of the interval in which it lies, as a share of `value`. */
  readonly error: number
}

/** What became of a ratio since the baseline. */
export interface Change {
  /** By how much it is better, as a share: -0.05 costs 5 % more than it did. */
  readonly share: number
  /** The least share that counts: what the errors of both leave open, at least `LEAST_SHARE`. */
  readonly allowed: number
  /** `unclear`: the errors are so large that a loss of 5 % would not have been seen. */
  readonly verdict: 'same' | 'better' | 'worse' | 'unclear'
}

/** A smaller change is none: two measurements of one build differ by that. */
const LEAST_SHARE = 0.025
/** The loss that has to be seen. */
const SEEN_SHARE = 0.05
/** Deviations of a median by the absolute deviations of its samples: normal distribution, two standard errors. */
const TWO_ERRORS_OF_MEDIAN = 2 * 1.4826 * 1.2533
/** Fewer samples may agree by chance: the error is then at least this. */
const FEW_SAMPLES = 6
const LEAST_ERROR_OF_FEW = 0.05

/** The median of some values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2
}

/** The ratio that samples of it show: their median, and the error by their median absolute deviation. */
export function ratioOf(samples: readonly number[]): Ratio {
  const value = median(samples)
  const deviation = median(samples.map((sample) => Math.abs(sample - value)))
  const error = (TWO_ERRORS_OF_MEDIAN * deviation) / (value * Math.sqrt(samples.length))
  return { value, error: samples.length < FEW_SAMPLES ? Math.max(error, LEAST_ERROR_OF_FEW) : error }
}

/** Compares a ratio with that of the baseline. */
export function changeOf(before: Ratio, now: Ratio): Change {
  const share = now.value / before.value - 1
  const noise = Math.hypot(before.error, now.error)
  const allowed = Math.max(LEAST_SHARE, noise)
  if (share < -allowed) return { share, allowed, verdict: 'worse' }
  if (noise > SEEN_SHARE) return { share, allowed, verdict: 'unclear' }
  return { share, allowed, verdict: share > allowed ? 'better' : 'same' }
}
