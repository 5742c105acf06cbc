import { z } from 'zod'

const positiveDecimal = z
  .string()
  .regex(/^(?=.*[1-9])\d{1,12}(\.\d{1,8})?$/, 'Expected a decimal above 0 with at most 8 decimals')

const fedRate = z.strictObject({
  instrument: z.string().regex(/.@./, 'Expected the id of an instrument: USDT/KRW@upbit'),
  initial: positiveDecimal.optional(),
})

/** The account, of which the strategy plane and the order plane each keep a ledger: one setting for both. */
export const accountSchema = z.strictObject({
  /** Cash at the start of a run, US dollars. */
  startingCashUsd: positiveDecimal.default('100000'),
  /**
   * US dollars for one unit of each quote currency: a decimal, or the id of an instrument of the run whose marks feed it, with a
   * decimal before the first mark. Prices of that instrument may be in the currency or of it:
   * `{"KRW":{"instrument":"USDT/KRW@upbit"}}`.
   */
  ratesToUsd: z
    .record(z.string().min(1), z.union([positiveDecimal, fedRate]))
    .default({ USD: '1', USDT: '1', USDC: '1' }),
  /**
   * Venues with a margin account, which may sell short and buy beyond its cash. Elsewhere only perpetuals can; everything else
   * is in a cash account, which sells what it holds and buys for the cash it has.
   */
  marginVenues: z.array(z.string().min(1)).default(['sim']),
})

/** The keys of the account in the settings of a plane's core, for `omit`: a service and `npm start` set them once. */
export const accountKeys = { startingCashUsd: true, ratesToUsd: true, marginVenues: true } as const
