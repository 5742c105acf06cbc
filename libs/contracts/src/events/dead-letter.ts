import { Type, type Static } from '@sinclair/typebox'
import { normalizeRefusals, validationRefusals } from '../codes.ts'
import { eventSchema, marketFields, oneOf, text } from '../fields.ts'

export const deadLetterSchema = eventSchema(
  'deadLetter',
  {
    source: marketFields.source,
    venue: Type.Optional(marketFields.venue),
    symbol: Type.Optional(marketFields.symbol),
    tsRecvUs: marketFields.tsRecvUs,
    stage: oneOf(['normalize', 'validate'], 'the stage that refused'),
    reason: oneOf([...normalizeRefusals, ...validationRefusals], 'why'),
    eventType: oneOf(
      ['frame', 'trade', 'quote', 'bookDelta', 'bookSnapshot', 'bar'],
      'what it was, as far as it was understood',
    ),
    detail: text('what was expected and what was found'),
    raw: Type.String({ description: 'the frame as latin1 text, one character a byte' }),
  },
  'A refused frame with its reason and its bytes.',
)
export type DeadLetter = Readonly<Static<typeof deadLetterSchema>>
