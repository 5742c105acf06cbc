import { Type, type Static } from '@sinclair/typebox'
import { markKinds } from '../codes.ts'
import { eventSchema, marketFields, oneOf, real } from '../fields.ts'

export const markSchema = eventSchema(
  'mark',
  {
    ...marketFields,
    price: real('what positions are valued at, quote currency per unit of base'),
    kind: oneOf(markKinds, 'what the price is of'),
    ageUs: Type.Integer({ minimum: 0, description: 'market time since what the price is of' }),
  },
  'The price at which the ledgers of every plane value an instrument, from now on.',
)
export type Mark = Readonly<Static<typeof markSchema>>
