import { z } from 'zod'

const SECOND_US = 1_000_000

/** Settings of the data plane. Times are microseconds of market time unless named otherwise. */
export const dataPlaneConfigSchema = z.strictObject({
  /** Interval over which order-flow imbalance is summed. */
  ofiIntervalUs: z
    .int()
    .positive()
    .max(24 * 3600 * SECOND_US)
    .default(10 * SECOND_US),
  /** How far ahead of the clock offset of its source an event may be, and how far the offset falls in a minute at most. */
  maxDriftUs: z
    .int()
    .positive()
    .max(60 * SECOND_US)
    .default(250_000),
  /** An instrument with an event later than this, above the clock offset, is late: seen, but not traded. */
  lateAfterUs: z
    .int()
    .positive()
    .max(3600 * SECOND_US)
    .default(250_000),
  /** It is on time again when nothing has been later than half of that for so long. */
  onTimeAfterUs: z
    .int()
    .positive()
    .max(3600 * SECOND_US)
    .default(2 * SECOND_US),
  /** A price outside bid and ask and further from the recent ones of its side, as a ratio, is refused until several events in a row agree. */
  maxPriceJumpRatio: z.number().gt(0).max(1).default(0.1),
  /** An instrument that nothing was received of for so long is stale, while its session is open. */
  staleAfterUs: z
    .int()
    .positive()
    .max(24 * 3600 * SECOND_US)
    .default(3 * SECOND_US),
})
export type DataPlaneConfig = z.infer<typeof dataPlaneConfigSchema>
