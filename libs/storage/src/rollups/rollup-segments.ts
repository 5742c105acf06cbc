import { US_PER_MINUTE } from '@triplane/kernel'

/** A stretch of time whose minutes are rolled up together: from the first, to the end of the last. */
export interface RollupSegment {
  readonly fromUs: number
  readonly toUs: number
}

/** Largest gap of minutes without trades that one segment spans: scanning more is cheaper than another transaction. */
const LARGEST_GAP_US = 15 * US_PER_MINUTE
/** Keeps transactions short and their memory small. */
const LONGEST_US = 60 * US_PER_MINUTE

/** Joins nearby minutes. `minutesUs` are the starts of minutes, in order. */
export function segmentsOf(minutesUs: readonly number[]): readonly RollupSegment[] {
  const segments: { fromUs: number; toUs: number }[] = []
  for (const minuteUs of minutesUs) {
    const toUs = minuteUs + US_PER_MINUTE
    const last = segments.at(-1)
    if (last && minuteUs - last.toUs <= LARGEST_GAP_US && toUs - last.fromUs <= LONGEST_US) last.toUs = toUs
    else segments.push({ fromUs: minuteUs, toUs })
  }
  return segments
}
