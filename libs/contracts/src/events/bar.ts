import { Type, type Static } from '@sinclair/typebox'
import { timeframes } from '../codes.ts'
import { eventSchema, marketFields, oneOf, real, timeUs } from '../fields.ts'

export const barSchema = eventSchema(
  'bar',
  {
    ...marketFields,
    timeframe: oneOf(timeframes, 'length of the bar'),
    origin: oneOf(['trades', 'venue'], "built from trades, or the venue's own kline"),
    openTimeUs: timeUs('start of the bar, event time, aligned to UTC'),
    open: real('first price'),
    high: real('highest price'),
    low: real('lowest price'),
    close: real('last price'),
    volume: real('base units'),
    quoteVolume: real('quote currency'),
    buyVolume: real('base units bought by aggressors'),
    trades: Type.Integer({ minimum: 0, description: 'number of trades' }),
    closed: Type.Boolean({ description: 'false while the bar is still forming' }),
    incomplete: Type.Optional(
      Type.Boolean({ description: 'true when trades of the interval are missing, or may be; else absent' }),
    ),
    revised: Type.Optional(
      Type.Boolean({ description: 'true when the bar was closed before and this is what replaces it; else absent' }),
    ),
  },
  'Open, high, low, close and volume of an interval of event time.',
)
export type Bar = Readonly<Static<typeof barSchema>>
