import { Type, type Static } from '@sinclair/typebox'
import { marketStatuses } from '../codes.ts'
import { eventSchema, marketFields, oneOf, text } from '../fields.ts'

export const marketStatusSchema = eventSchema(
  'marketStatus',
  {
    source: marketFields.source,
    venue: Type.Optional(marketFields.venue),
    symbol: Type.Optional(marketFields.symbol),
    tsRecvUs: marketFields.tsRecvUs,
    status: oneOf(marketStatuses, 'what happened'),
    reason: Type.Optional(text('why, a short code')),
    missing: Type.Optional(Type.Integer({ description: 'for a gap: how many update ids are missing' })),
  },
  'Connection, gaps, staleness and the validity of a book. Without a symbol it is about every symbol of the source.',
)
export type MarketStatus = Readonly<Static<typeof marketStatusSchema>>
