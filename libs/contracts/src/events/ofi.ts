import { Type, type Static } from '@sinclair/typebox'
import { eventSchema, marketFields, real, timeUs } from '../fields.ts'

export const ofiSchema = eventSchema(
  'ofi',
  {
    ...marketFields,
    tsEventUs: Type.Optional(timeUs('venue time of the update; absent where the venue gives none')),
    value: real('e_n of this update, base units (Cont, Kukanov, Stoikov 2014)'),
    intervalStartUs: timeUs('start of the interval of receive time'),
    intervalValue: real('sum of e_n in the interval so far, base units'),
    depth: real('mean of the best bid and ask size, base units'),
  },
  'Order-flow imbalance at the best level.',
)
export type Ofi = Readonly<Static<typeof ofiSchema>>
