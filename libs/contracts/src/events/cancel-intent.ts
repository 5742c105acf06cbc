import type { Static } from '@sinclair/typebox'
import { cancelReasons } from '../codes.ts'
import { effectUs, eventSchema, oneOf, text } from '../fields.ts'

export const cancelIntentSchema = eventSchema(
  'cancelIntent',
  {
    intentId: text('the order to cancel'),
    strategy: text('whose order'),
    symbol: text('unified symbol'),
    effectUs,
    reason: oneOf(cancelReasons, 'why'),
  },
  'A wish to cancel a working order. Cancels pass every risk check.',
)
export type CancelIntent = Readonly<Static<typeof cancelIntentSchema>>
