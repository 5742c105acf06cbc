import { Type, type TLiteral, type TObject, type TProperties, type TUnion } from '@sinclair/typebox'

/** Fields that many events share. Optional fields are absent, never null. */

/** Integer microseconds since the epoch. */
export const timeUs = (description: string) => Type.Integer({ minimum: 0, description })
/** A decimal string: booked quantities, prices and money. */
export const decimal = (description: string) => Type.String({ pattern: '^-?\\d+(\\.\\d+)?$', description })
/** A finite number: analytics. */
export const real = (description: string) => Type.Number({ description })
export const text = (description: string) => Type.String({ minLength: 1, description })

/** A closed union of string literals from one `as const` list. */
export function oneOf<const Values extends readonly string[]>(values: Values, description: string) {
  const literals = values.map((value) => Type.Literal(value)) as {
    [I in keyof Values]: TLiteral<Values[I] & string>
  }
  return Type.Union(literals as unknown as TLiteral[], { description }) as unknown as TUnion<
    [...{ [I in keyof Values]: TLiteral<Values[I] & string> }]
  >
}

/** The first fields of every event: its tag and its producer's sequence, counted in emission order from 1. */
export function eventSchema<const Tag extends string, Fields extends TProperties>(
  tag: Tag,
  fields: Fields,
  description: string,
) {
  return Type.Object(
    {
      type: Type.Literal(tag),
      seq: Type.Integer({ minimum: 0, description: 'emission order of the producer, one counter' }),
      ...fields,
    },
    { $id: tag, description },
  ) as TObject<{ type: TLiteral<Tag>; seq: ReturnType<typeof Type.Integer> } & Fields>
}

/** Where and when a market event came from. `tsRecvUs`, made monotone, is market time: the event's effect time. */
export const marketFields = {
  source: text('feed: binance_ws, capture, sim'),
  venue: text('venue and product: binance_spot, binance_usdm, sim'),
  symbol: text('unified symbol: BTC/USDT'),
  tsRecvUs: timeUs('receive time made monotone: market time'),
}

/** Flat list of price, size, price, size, ... */
export const levels = (description: string) => Type.Array(Type.Number(), { description })

/** Market time at which consumers act on an event of the strategy or the order plane. */
export const effectUs = timeUs('market time at which the event takes effect')
