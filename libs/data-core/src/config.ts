import { durationMs, type InMicroseconds } from '@triplane/settings'
import { z } from 'zod'

const SECOND_MS = 1000

/** Settings of the data plane. Durations are milliseconds of market time. */
export const dataPlaneConfigSchema = z.strictObject({
  /** Interval over which order-flow imbalance is summed. */
  ofiIntervalMs: durationMs(10 * SECOND_MS, 24 * 3600 * SECOND_MS),
  /** How far ahead of the clock offset of its source an event may be, and how far the offset falls in a minute at most. */
  maxDriftMs: durationMs(250, 60 * SECOND_MS),
  /** An instrument with an event later than this, above the clock offset, is late: seen, but not traded. */
  lateAfterMs: durationMs(250, 3600 * SECOND_MS),
  /** It is on time again when nothing has been later than half of that for so long. */
  onTimeAfterMs: durationMs(2 * SECOND_MS, 3600 * SECOND_MS),
  /** A price outside bid and ask and further from the recent ones of its side, as a ratio, is refused until several events in a row agree. */
  maxPriceJumpRatio: z.number().gt(0).max(1).default(0.1),
  /** An instrument that nothing was received of for so long is stale, while its session is open. */
  staleAfterMs: durationMs(3 * SECOND_MS, 24 * 3600 * SECOND_MS),
})
/** The same as the core takes it: durations are microseconds. */
export type DataPlaneConfig = InMicroseconds<z.infer<typeof dataPlaneConfigSchema>>
