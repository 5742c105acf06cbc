import { Type, type Static } from '@sinclair/typebox'
import { decimal, oneOf, text } from './fields.ts'

/** When an instrument trades: around the clock, or 09:30-16:00 New York time on exchange days. */
const sessions = ['24x7', 'us_equity'] as const

/** What the instruments file says about one instrument. Money and sizes are decimal strings. */
const instrumentSchema = Type.Object(
  {
    symbol: text('unified symbol: BTC/USDT spot, BTC/USDT:USDT linear perpetual, SPY equity; unique within a venue'),
    venue: text('id of the venue: an exchange and one of its products'),
    exchange: text('the exchange, a label of metrics'),
    venueSymbol: text("the venue's own symbol: BTCUSDT"),
    kind: oneOf(['spot', 'linear_perpetual', 'equity', 'index'], 'what it is; an index is never traded'),
    base: text('what is traded, and prices are of one unit of: BTC'),
    quote: text('currency of prices and money: USDT'),
    tickSize: decimal('smallest price step'),
    lotSize: decimal('smallest quantity step'),
    minNotional: decimal('smallest order value, quote currency'),
    contractSize: Type.Optional(
      decimal('units of the base that a quantity of 1 is, of a contract that is counted in pieces; absent: 1'),
    ),
    session: oneOf(sessions, 'when it trades'),
    exemptsReduceOnly: Type.Optional(
      Type.Boolean({
        description: 'the venue takes a reduce-only order below minNotional; absent: that of a perpetual it does',
      }),
    ),
    closesApart: Type.Optional(
      Type.Boolean({ description: 'an order may not cross zero: what closes and what opens go apart; absent: it may' }),
    ),
    isTraded: Type.Optional(
      Type.Boolean({
        description: 'false: it is only quoted, seen and never traded; absent: it is traded, but for an index',
      }),
    ),
    hasBook: Type.Optional(
      Type.Boolean({
        description: 'whether its order book is subscribed to and kept; absent: that of what is traded is',
      }),
    ),
    maxPriceJumpRatio: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 10,
        description: 'how far a price may be from the recent ones of its side; absent: the setting of the data plane',
      }),
    ),
  },
  { $id: 'instrument', additionalProperties: false },
)
export type Instrument = Readonly<Static<typeof instrumentSchema>>

/** True when a reduce-only order may be smaller than `minNotional`. */
export function exemptsReduceOnly({
  exemptsReduceOnly: isExempt,
  kind,
}: Pick<Instrument, 'kind' | 'exemptsReduceOnly'>): boolean {
  return isExempt ?? kind === 'linear_perpetual'
}

/** True when it may be traded; else it is only quoted: seen, by people and strategies, and never traded. */
export function isTraded({ isTraded: isMeant, kind }: Pick<Instrument, 'kind' | 'isTraded'>): boolean {
  return isMeant ?? kind !== 'index'
}

/** True when its order book is subscribed to and kept: that of what is traded always is. */
export function hasBook(instrument: Pick<Instrument, 'kind' | 'isTraded' | 'hasBook'>): boolean {
  return isTraded(instrument) || instrument.hasBook === true
}

/** True when it is sold from what is held and bought for cash: no perpetual, at a venue without margin. */
export function isCashTraded({ kind, venue }: Instrument, marginVenues: readonly string[]): boolean {
  return kind !== 'linear_perpetual' && !marginVenues.includes(venue)
}

/** The instruments file. */
export const instrumentsFileSchema = Type.Object(
  { version: Type.Literal(1), instruments: Type.Array(instrumentSchema) },
  { $id: 'instrumentsFile', additionalProperties: false },
)
