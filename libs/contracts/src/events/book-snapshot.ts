import { Type, type Static } from '@sinclair/typebox'
import { eventSchema, levels, marketFields, timeUs } from '../fields.ts'

export const bookSnapshotSchema = eventSchema(
  'bookSnapshot',
  {
    ...marketFields,
    tsEventUs: Type.Optional(timeUs('venue time; absent where the venue gives none')),
    lastUpdateId: Type.Integer({ description: 'the update id that the snapshot includes' }),
    bids: levels('price, size pairs, best first'),
    asks: levels('price, size pairs, best first'),
  },
  'The whole book, which replaces what was known.',
)
export type BookSnapshot = Readonly<Static<typeof bookSnapshotSchema>>
