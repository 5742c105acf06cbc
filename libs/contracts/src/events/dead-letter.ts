import { Type, type Static } from '@sinclair/typebox'
import { normalizeRefusals, recordRefusals, validationRefusals } from '../codes.ts'
import { eventSchema, marketFields, oneOf, text } from '../fields.ts'

export const deadLetterSchema = eventSchema(
  'deadLetter',
  {
    source: marketFields.source,
    venue: Type.Optional(marketFields.venue),
    symbol: Type.Optional(marketFields.symbol),
    tsRecvUs: marketFields.tsRecvUs,
    stage: oneOf(
      ['normalize', 'validate', 'decode', 'handle'],
      'the stage that refused; the last two are of a bus record',
    ),
    reason: oneOf([...normalizeRefusals, ...validationRefusals, ...recordRefusals], 'why'),
    eventType: oneOf(
      ['frame', 'record', 'trade', 'quote', 'bookDelta', 'bookSnapshot', 'bar'],
      'what it was, as far as it was understood',
    ),
    detail: text('what was expected and what was found'),
    origin: Type.Optional(
      Type.Object(
        { topic: text('topic'), partition: Type.Integer(), offset: Type.Integer(), key: Type.String() },
        { description: 'where the refused record lies on the bus; absent for frames' },
      ),
    ),
    raw: Type.String({ description: 'the frame or record as latin1 text, one character a byte' }),
  },
  'A refused frame or record with its reason and its bytes.',
)
export type DeadLetter = Readonly<Static<typeof deadLetterSchema>>
