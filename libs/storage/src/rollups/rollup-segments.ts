import { US_PER_MINUTE } from '@triplane/kernel'

/** A stretch of time in which minutes are rolled up in one go: from the first, to the end of the last. */
export interface RollupSegment {
  readonly fromUs: number
  readonly toUs: number
}

/** Minutes without trades that are gone through along with the others: a scan more is cheaper than a transaction more. */
const LARGEST_GAP_US = 15 * US_PER_MINUTE
/** So that a transaction stays short and its memory small. */
const LONGEST_US = 60 * US_PER_MINUTE

/** Joins minutes that are near each other. `minutesUs` are the starts of minutes, in order. */
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
