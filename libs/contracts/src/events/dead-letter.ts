import { createHash } from 'node:crypto'
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
    rawSha256: Type.Optional(Type.String({ description: 'SHA-256 of all of it, 64 hex digits, where it was cut' })),
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

/**
 * The dead-letter fields for the bytes from `start` to `end`: all of them; or the first 64 kB, how many there were and their
 * SHA-256.
 */
export function rawOf(
  bytes: Uint8Array,
  start = 0,
  end = bytes.length,
): Pick<DeadLetter, 'raw' | 'rawBytes' | 'rawSha256'> {
  const rawBytes = end - start
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(rawBytes, MAX_RAW_BYTES)).toString('latin1')
  if (rawBytes <= MAX_RAW_BYTES) return { raw }
  return { raw, rawBytes, rawSha256: createHash('sha256').update(bytes.subarray(start, end)).digest('hex') }
}

/** The characters kept of a text that came with a refused record: its key, its producer. No name of ours is longer. */
const MAX_TEXT_LENGTH = 256
/** What cutting may leave of a character beyond 16 bits. */
const HALF_A_PAIR = /[\uD800-\uDBFF]$/
/** The end of a text that is not as it came. */
const CUT = '\u2026'

/**
 * A text that came with a refused record, for its dead letter: at most 256 characters, without NULs, which no database takes. One
 * that is not as it came ends with an ellipsis: `isCutText`.
 */
export function keptText(text: string): string {
  if (text.length <= MAX_TEXT_LENGTH && !text.includes('\0')) return text
  const kept = text.slice(0, MAX_TEXT_LENGTH).replace(HALF_A_PAIR, '')
  return kept.replaceAll('\0', '\uFFFD') + CUT
}

/** Whether `keptText` changed it. */
export const isCutText = (text: string): boolean => text.endsWith(CUT)
