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
  /** An event whose clock is further from the offset of its source is refused. */
  maxDriftUs: z
    .int()
    .positive()
    .max(60 * SECOND_US)
    .default(250_000),
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
