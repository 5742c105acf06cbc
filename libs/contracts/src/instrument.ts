import { Type, type Static } from '@sinclair/typebox'
import { decimal, oneOf, text } from './fields.ts'
import { kindRules, ruleOf, type InstrumentKind } from './instrument-kinds.ts'

const kinds = Object.keys(kindRules) as InstrumentKind[]

/** When an instrument trades: around the clock, or 09:30-16:00 New York time on exchange days. */
const sessions = ['24x7', 'us_equity'] as const

/** One entry of the instruments file. Money and sizes are decimal strings. */
const instrumentSchema = Type.Object(
  {
    symbol: text('unified symbol: BTC/USDT spot, BTC/USDT:USDT linear perpetual, SPY equity; unique within a venue'),
    venue: text('id of the venue: an exchange and one of its products'),
    exchange: text('the exchange, a label of metrics'),
    venueSymbol: text("the venue's own symbol: BTCUSDT"),
    kind: oneOf(kinds, 'what it is: its rules are in instrument-kinds.ts'),
    base: text('what is traded, and prices are of one unit of: BTC'),
    quote: text('currency of prices and money: USDT'),
    tickSize: decimal('smallest price step'),
    lotSize: decimal('smallest quantity step'),
    minNotional: decimal('smallest order value, quote currency'),
    contractSize: Type.Optional(
      decimal('units of the base that a quantity of 1 is, of a contract that is counted in pieces; absent: 1'),
    ),
    expiry: Type.Optional(
      Type.String({
        pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:00(\\.0+)?)?Z$',
        examples: ['2026-12-25T08:00Z'],
        description: 'when it expires, UTC, on a whole minute: from then on it is not traded',
      }),
    ),
    strike: Type.Optional(decimal('of an option: the price at which it is exercised, quote currency')),
    right: Type.Optional(oneOf(['call', 'put'], 'of an option: to buy or to sell')),
    underlying: Type.Optional(text('id of the instrument that it is derived from: BTC/USDT@sim')),
    settlement: Type.Optional(text('currency that gains and losses are paid in; absent: the quote currency')),
    session: oneOf(sessions, 'when it trades'),
    exemptsReduceOnly: Type.Optional(
      Type.Boolean({
        description: 'the venue takes a reduce-only order below minNotional; absent: that of a derivative it does',
      }),
    ),
    closesApart: Type.Optional(
      Type.Boolean({ description: 'an order may not cross zero: what closes and what opens go apart; absent: it may' }),
    ),
    isTraded: Type.Optional(
      Type.Boolean({
        description: 'false: it is only quoted, seen and never traded; absent: it is traded, where its kind can be',
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
  return isExempt ?? ruleOf(kind).isDerivative
}

/** True when it may be traded; else it is quoted only: visible to people and strategies, and never traded. */
export function isTraded({ isTraded: isMeant, kind }: Pick<Instrument, 'kind' | 'isTraded'>): boolean {
  return isMeant !== false && ruleOf(kind).quotedOnly === undefined
}

/** True when its order book is subscribed to and maintained, as for every traded instrument. */
export function hasBook(instrument: Pick<Instrument, 'kind' | 'isTraded' | 'hasBook'>): boolean {
  return isTraded(instrument) || instrument.hasBook === true
}

/** True when it is bought for cash and sold only from holdings: no derivative, at a venue without margin. */
export function isCashTraded({ kind, venue }: Instrument, marginVenues: readonly string[]): boolean {
  return !ruleOf(kind).isDerivative && !marginVenues.includes(venue)
}

/** True when it trades at a market time: its session is open, and it has not expired. */
export function tradesAt(
  { session, expiry }: Pick<Instrument, 'session' | 'expiry'>,
  timeUs: number,
  isSessionOpen: (session: Instrument['session'], timeUs: number) => boolean,
): boolean {
  return isSessionOpen(session, timeUs) && (expiry === undefined || timeUs < Date.parse(expiry) * 1000)
}

/** True when it trades at any time and forever. */
export function tradesAlways({ session, expiry }: Pick<Instrument, 'session' | 'expiry'>): boolean {
  return session === '24x7' && expiry === undefined
}

/** The instruments file. */
export const instrumentsFileSchema = Type.Object(
  { version: Type.Literal(1), instruments: Type.Array(instrumentSchema) },
  { $id: 'instrumentsFile', additionalProperties: false },
)
