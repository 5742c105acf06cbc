import { Type } from '@sinclair/typebox'
import { normalizeRefusals, recordRefusals, validationRefusals } from '../codes.ts'
import { defineEvent, type EventOf } from '../define-event.ts'
import { code, exampleMarket, label, marketFields, text } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const deadLetter = defineEvent({
  tag: 'deadLetter',
  version: 2,
  wireNumber: 10,
  doc: 'A refused frame or record with its reason and its bytes.',
  schema: {
    source: marketFields.source,
    venue: Type.Optional(label('id of the venue, where it is known')),
    instrument: Type.Optional(marketFields.instrument),
    tsRecvUs: marketFields.tsRecvUs,
    stage: code(
      ['normalize', 'validate', 'decode', 'handle'],
      'the stage that refused; the last two are of a bus record',
    ),
    reason: code([...normalizeRefusals, ...validationRefusals, ...recordRefusals], 'why'),
    eventType: code(
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
    raw: Type.String({
      description: 'the frame or record as latin1 text, one character a byte; at most its first 64 kB',
    }),
    rawBytes: Type.Optional(Type.Integer({ description: 'how long it was, where it was cut' })),
  },
  topic: topics.deadLetters,
  key: ({ source }) => source,
  rank: rank.data,
  store: { table: 'dead_letters', as: 'dead_letter' },
  example: {
    ...exampleMarket,
    venue: 'sim',
    stage: 'validate',
    reason: 'bad_price',
    eventType: 'trade',
    detail: 'Expected a price > 0, was -1',
    raw: '{"e":"trade","p":"-1"}',
  },
})
export type DeadLetter = EventOf<typeof deadLetter>

/** The bytes kept of a refused frame or record: the record stays below the broker's limit, however its bytes are escaped. */
export const MAX_RAW_BYTES = 64 * 1024

/** The dead-letter fields for the bytes from `start` to `end`: all of them, or the first 64 kB and how many there were. */
export function rawOf(bytes: Uint8Array, start = 0, end = bytes.length): Pick<DeadLetter, 'raw' | 'rawBytes'> {
  const rawBytes = end - start
  const kept = Math.min(rawBytes, MAX_RAW_BYTES)
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset + start, kept).toString('latin1')
  return { raw, ...(kept < rawBytes && { rawBytes }) }
}
