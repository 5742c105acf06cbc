import { Type, type Static } from '@sinclair/typebox'
import { eventSchema, marketFields, real, timeUs } from '../fields.ts'

export const quoteSchema = eventSchema(
  'quote',
  {
    ...marketFields,
    tsEventUs: Type.Optional(timeUs('venue time; absent where the venue gives none')),
    updateId: Type.Integer({ description: "the venue's book update id" }),
    bid: real('best bid price'),
    bidSize: real('size at the best bid, base units'),
    ask: real('best ask price'),
    askSize: real('size at the best ask, base units'),
  },
  'Best bid and ask.',
)
export type Quote = Readonly<Static<typeof quoteSchema>>
