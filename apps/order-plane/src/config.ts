import { accountSchema } from '@triplane/config'
import { z } from 'zod'

const durationUs = (defaultUs: number, maxUs: number) => z.int().positive().max(maxUs).default(defaultUs)
const usd = (defaultUsd: number) => z.number().positive().max(1e12).default(defaultUsd)
const fees = (makerBps: number, takerBps: number) =>
  z
    .strictObject({
      makerBps: z.number().min(-100).max(1000).default(makerBps),
      takerBps: z.number().min(0).max(1000).default(takerBps),
    })
    .prefault({})

const SECOND_US = 1_000_000

/** Settings of the order plane. Times are microseconds of market time. */
export const orderPlaneConfigSchema = z.strictObject({
  /** Everything the plane says takes effect this much later than what caused it, at least. */
  minLatencyUs: durationUs(1_000, 10 * SECOND_US),
  ...accountSchema.shape,
  /** Korean won for one US dollar, for the metrics in KRW. */
  krwPerUsd: z.number().positive().max(1e6).default(1350),
  /** How long an order is remembered after its end, for late fills and repeated intents. */
  orderRetentionUs: durationUs(60 * SECOND_US, 3600 * SECOND_US),
  risk: z
    .strictObject({
      /** An intent decided on data further ahead than this is refused. */
      maxFutureUs: durationUs(250_000, 60 * SECOND_US),
      /** An instrument that was silent for longer is not traded. */
      maxMarketAgeUs: durationUs(5 * SECOND_US, 3600 * SECOND_US),
      maxOrderNotionalUsd: usd(2_500),
      /** Largest position in one instrument, working orders included. */
      maxPositionUsd: usd(10_000),
      /** Largest sum of absolute positions, working orders included. */
      maxGrossUsd: usd(20_000),
      /** Largest distance of a price from the mid. */
      priceCollarBps: z.number().positive().max(10_000).default(50),
      /** Most orders in a window. */
      maxOrders: z.int().positive().max(10_000).default(20),
      orderWindowUs: durationUs(SECOND_US, 3600 * SECOND_US),
    })
    .prefault({}),
  participation: z
    .strictObject({
      /** Largest share of the volume traded in the window that may be ours, 0-1. */
      maxShareRatio: z.number().positive().max(1).default(0.1),
      windowUs: durationUs(300 * SECOND_US, 24 * 3600 * SECOND_US),
    })
    .prefault({}),
  paper: z
    .strictObject({
      /** From the submit to the arrival at the venue. */
      submitLatencyUs: durationUs(5_000, 60 * SECOND_US),
      /** From the venue's answer to its arrival here. */
      ackLatencyUs: durationUs(5_000, 60 * SECOND_US),
      /** From a match to the arrival of the fill here. */
      fillLatencyUs: durationUs(5_000, 60 * SECOND_US),
      fees: z
        .strictObject({
          binance_spot: fees(10, 10),
          binance_usdm: fees(2, 5),
          sim: fees(0.5, 1),
        })
        .prefault({}),
    })
    .refine(({ ackLatencyUs, fillLatencyUs }) => fillLatencyUs >= ackLatencyUs, {
      path: ['fillLatencyUs'],
      message: 'Expected at least ackLatencyUs: a fill is not reported before its acknowledgement',
    })
    .prefault({}),
})
export type OrderPlaneConfig = z.infer<typeof orderPlaneConfigSchema>
