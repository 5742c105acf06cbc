import type { Static } from '@sinclair/typebox'
import { regimes } from '../codes.ts'
import { effectUs, eventSchema, oneOf } from '../fields.ts'

export const regimeChangeSchema = eventSchema(
  'regimeChange',
  { effectUs, from: oneOf(regimes, 'the regime left'), to: oneOf(regimes, 'the regime entered') },
  'The market regime changed.',
)
export type RegimeChange = Readonly<Static<typeof regimeChangeSchema>>
