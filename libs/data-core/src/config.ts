import { durationMs, type InMicroseconds } from '@triplane/settings'
import { z } from 'zod'

const SECOND_MS = 1000

/** Settings of the data plane. Durations are milliseconds of market time. */
export const dataPlaneConfigSchema = z.strictObject({
  /** Interval over which order-flow imbalance is summed. */
  ofiIntervalMs: durationMs(10 * SECOND_MS, 24 * 3600 * SECOND_MS),
  /**
   * How far an event may be ahead of the clock offset of its source, and the most that the offset falls in a minute.
   */
  maxDriftMs: durationMs(250, 60 * SECOND_MS),
  /** An instrument is late, so seen but not traded, when an event's delay above the clock offset exceeds this. */
  lateAfterMs: durationMs(250, 3600 * SECOND_MS),
  /** It is on time again once no delay has exceeded half of that for so long. */
  onTimeAfterMs: durationMs(2 * SECOND_MS, 3600 * SECOND_MS),
  /**
   * A price outside bid and ask that differs from the recent ones of its side by more than this ratio is refused until
   * several events in a row agree.
   */
  maxPriceJumpRatio: z.number().gt(0).max(1).default(0.1),
  /** An instrument is stale after this long without an event, while its session is open. */
  staleAfterMs: durationMs(3 * SECOND_MS, 24 * 3600 * SECOND_MS),
})
/** The core's settings: durations in microseconds. */
export type DataPlaneConfig = InMicroseconds<z.infer<typeof dataPlaneConfigSchema>>
