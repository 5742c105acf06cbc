import type { Bar, InstrumentId, NormalizeRefusal, Quote, Trade } from '@triplane/contracts'
import type { ReceivedDelta, ReceivedSnapshot } from './order-book/book-rule.ts'

/** What a frame says once it is understood. `seq` is 0 until the outbox stamps it. */
export type NormalizedEvent = Trade | Quote | ReceivedDelta | ReceivedSnapshot | Bar

/** What a frame can be refused for, by what it would have been. A `frame` did not get as far as a known message. */
export const frameRefusalsOf = {
  frame: ['bad_line', 'impossible_time', 'not_json', 'unknown_message'],
  trade: ['unknown_instrument', 'off_book_trade', 'missing_field', 'bad_field'],
  quote: ['unknown_instrument', 'missing_field', 'bad_field'],
  bookDelta: ['unknown_instrument', 'missing_field', 'bad_field'],
  bookSnapshot: ['unknown_instrument', 'unattributed_snapshot', 'missing_field', 'bad_field'],
  bar: ['unknown_instrument', 'missing_field', 'bad_field'],
} as const satisfies Record<NormalizedEvent['type'] | 'frame', readonly NormalizeRefusal[]>

/** Why a frame was not understood. */
export interface FrameRefusal {
  readonly code: NormalizeRefusal
  /** What was expected and what was found, for a person. */
  readonly detail: string
  /** When the frame got as far as a known instrument. Never a name from the wire. */
  readonly instrument?: InstrumentId
  /** What it would have been, when the frame got as far as a known message. */
  readonly eventType?: NormalizedEvent['type']
  /** Of a refused trade, where it can be read: so that it is not missed. */
  readonly tradeId?: number
}

const LONGEST_QUOTE = 40

/** A value from the wire as one short line. Looks no deeper than the value itself, whatever is nested in it. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'absent'
  if (value === null) return 'null'
  if (typeof value === 'string') {
    return JSON.stringify(value.length > LONGEST_QUOTE ? `${value.slice(0, LONGEST_QUOTE)}...` : value)
  }
  if (typeof value !== 'object') return String(value)
  return Array.isArray(value) ? `an array of ${value.length}` : 'an object'
}
