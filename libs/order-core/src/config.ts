import { brokers } from '@triplane/execution'
import { accountSchema, durationMs, type InMicroseconds } from '@triplane/settings'
import { venues, type Fees } from '@triplane/venues'
import { z } from 'zod'

const usd = (defaultUsd: number) => z.number().positive().max(1e12).default(defaultUsd)
const feesSetting = ({ makerBps, takerBps }: Fees) =>
  z
    .strictObject({
      makerBps: z.number().min(-100).max(1000).default(makerBps),
      takerBps: z.number().min(0).max(1000).default(takerBps),
    })
    .prefault({})

const SECOND_MS = 1000

/** Settings of the order plane. Durations are milliseconds of market time. */
export const orderPlaneConfigSchema = z.strictObject({
  /** Least delay from an input to the effect of the outputs that it causes. */
  minLatencyMs: durationMs(1, 10 * SECOND_MS),
  ...accountSchema.shape,
  /** Korean won for one US dollar, for the metrics in KRW. */
  krwPerUsd: z.number().positive().max(1e6).default(1350),
  /** How long an ended order is remembered, for late fills and repeated intents. */
  orderRetentionMs: durationMs(60 * SECOND_MS, 3600 * SECOND_MS),
  risk: z
    .strictObject({
      /** An intent decided on data further ahead than this is refused. */
      maxFutureMs: durationMs(250, 60 * SECOND_MS),
      /** An instrument without market data for longer is not traded. */
      maxMarketAgeMs: durationMs(5 * SECOND_MS, 3600 * SECOND_MS),
      maxOrderNotionalUsd: usd(2_500),
      /** Largest position in one instrument, working orders included. */
      maxPositionUsd: usd(10_000),
      /** Largest sum of absolute positions, working orders included. */
      maxGrossUsd: usd(20_000),
      /** Largest distance of a price from the mid. */
      priceCollarBps: z.number().positive().max(10_000).default(50),
      /** Most orders in a window. */
      maxOrders: z.int().positive().max(10_000).default(20),
      orderWindowMs: durationMs(SECOND_MS, 3600 * SECOND_MS),
    })
    .prefault({}),
  participation: z
    .strictObject({
      /** Our largest share of the volume traded in the window, 0-1. */
      maxShareRatio: z.number().positive().max(1).default(0.1),
      windowMs: durationMs(300 * SECOND_MS, 24 * 3600 * SECOND_MS),
    })
    .prefault({}),
  /** The broker that receives the orders. */
  broker: z
    .string()
    .refine((name) => brokers.some((one) => one.name === name), {
      message: `Expected one of ${brokers.map(({ name }) => name).join(', ')}`,
    })
    .default('paper'),
  paper: z
    .strictObject({
      /** From the submit to the arrival at the venue. */
      submitLatencyMs: durationMs(5, 60 * SECOND_MS),
      /** From the venue's answer to its arrival here. */
      ackLatencyMs: durationMs(5, 60 * SECOND_MS),
      /** From a match to the arrival of the fill here. */
      fillLatencyMs: durationMs(5, 60 * SECOND_MS),
      fees: z.strictObject(Object.fromEntries(venues.map(({ id, fees }) => [id, feesSetting(fees)]))).prefault({}),
    })
    .refine(({ ackLatencyMs, fillLatencyMs }) => fillLatencyMs >= ackLatencyMs, {
      path: ['fillLatencyMs'],
      message: 'Expected at least ackLatencyMs: a fill is not reported before its acknowledgement',
    })
    .prefault({}),
})
/** The core's settings: durations in microseconds. */
export type OrderPlaneConfig = InMicroseconds<z.infer<typeof orderPlaneConfigSchema>>
