import { Type, type Static } from '@sinclair/typebox'
import { eventSchema, levels, marketFields, timeUs } from '../fields.ts'

export const bookDeltaSchema = eventSchema(
  'bookDelta',
  {
    ...marketFields,
    tsEventUs: timeUs('venue time of the update'),
    firstUpdateId: Type.Integer({ description: 'first update id in the delta' }),
    lastUpdateId: Type.Integer({ description: 'last update id in the delta' }),
    prevUpdateId: Type.Optional(
      Type.Integer({ description: 'last update id of the delta before, where the venue gives it' }),
    ),
    bids: levels('price, size pairs; size 0 removes the level'),
    asks: levels('price, size pairs; size 0 removes the level'),
  },
  'Changes of book levels; sizes are absolute.',
)
export type BookDelta = Readonly<Static<typeof bookDeltaSchema>>
