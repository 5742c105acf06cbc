import { Type, type TLiteral, type TUnion } from '@sinclair/typebox'

/** Fields that many events share. Optional fields are absent, never null. */

/** Integer microseconds since the epoch. */
export const timeUs = (description: string) => Type.Integer({ minimum: 0, description })
/** A decimal string: booked quantities, prices and money. */
export const decimal = (description: string) => Type.String({ pattern: '^-?\\d+(\\.\\d+)?$', description })
/** A finite number: analytics. */
export const real = (description: string) => Type.Number({ description })
/** An id given by a venue: an integer where the venue counts, else a short text. */
export const venueId = (description: string) =>
  Type.Union([Type.Integer(), Type.String({ minLength: 1, maxLength: 64 })], { description })
export const text = (description: string) => Type.String({ minLength: 1, description })
/**
 * A text with few distinct values, each repeated often: a name from the configuration. The binary wire writes it once per
 * record.
 */
export const label = (description: string) => Type.String({ minLength: 1, description, [IS_LABEL]: true })
/** Marks the schema of a label. */
export const IS_LABEL = 'x-label'

/** A closed union of string literals from one `as const` list. */
export function oneOf<const Values extends readonly string[]>(values: Values, description: string) {
  const literals = values.map((value) => Type.Literal(value)) as {
    [I in keyof Values]: TLiteral<Values[I] & string>
  }
  return Type.Union(literals as unknown as TLiteral[], { description }) as unknown as TUnion<
    [...{ [I in keyof Values]: TLiteral<Values[I] & string> }]
  >
}

declare const other: unique symbol
/** A code that this version does not know: a later writer may have more. */
type OtherCode = string & { readonly [other]: true }

/**
 * A code of one `as const` list, open on the wire: a writer may use only codes of the list (checked by the compiler); a reader
 * accepts any, and treats all unknown codes alike. What decides whether and how we trade is `oneOf` instead: an unknown
 * command, switch or side must be refused, never taken for another.
 */
export function code<const Values extends readonly string[]>(values: Values, description: string) {
  const schema = Type.String({ minLength: 1, maxLength: 64, description, [KNOWN_CODES]: values })
  return Type.Unsafe<Values[number] | OtherCode>(schema)
}

/** The key in a code's schema that has the list. */
export const KNOWN_CODES = 'x-known-codes'

/** Where and when a market event came from. `tsRecvUs`, made monotone, is market time: the event's effect time. */
export const marketFields = {
  source: label('feed: capture, sim, or the label of a live venue'),
  instrument: label('id of the instrument: BTC/USDT@sim'),
  tsRecvUs: timeUs('receive time made monotone: market time'),
}

/** The key of market events, their producer: what one data plane says lies in one partition, in the order in which it said it. */
export const ofProducer = (_event: unknown, _account: string, producer: string) => producer

/** 2024-08-08T14:30:00Z in microseconds: the time of the examples. */
export const exampleUs = 1_723_127_400_000_000
/** The market fields of the examples. */
export const exampleMarket = { source: 'sim', instrument: 'BTC/USDT@sim', tsRecvUs: exampleUs } as const

/** Flat list of price, size, price, size, ... */
export const levels = (description: string) => Type.Array(Type.Number(), { description })

/** The instrument of an order, a fill or a signal. */
export const instrument = marketFields.instrument

/** The owners of a quantity: signed base units by strategy. */
export const shares = (description: string) =>
  Type.Array(Type.Object({ strategy: label('who'), quantity: decimal('signed base units') }), { description })

/** Who ordered it, and why: the fields of operators' commands. */
export const byOperator = { who: text('name of the operator'), why: text('reason given') }

/** Market time at which consumers act on an event of the strategy or the order plane. */
export const effectUs = timeUs('market time at which the event takes effect')
