import type { Bar, InstrumentId, NormalizeRefusal, Quote, Trade } from '@triplane/contracts'
import type { ReceivedDelta, ReceivedSnapshot } from './order-book/book-rule.ts'

/** The content of a frame that was understood. `seq` is 0 until the outbox stamps it. */
export type NormalizedEvent = Trade | Quote | ReceivedDelta | ReceivedSnapshot | Bar

/** What a frame can be refused for, by the event that it would have been. `frame`: it was not recognised as a known message. */
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
  /** What was expected and what was found, for people. */
  readonly detail: string
  /** Set when the frame was recognised as of a known instrument. Never a name from the wire. */
  readonly instrument?: InstrumentId
  /** The event that it would have been, set when the message was recognised. */
  readonly eventType?: NormalizedEvent['type']
  /** Id of a refused trade, if readable: so that it does not count as missing. */
  readonly tradeId?: number
}

const LONGEST_QUOTE = 40

/** A value from the wire as one short line. Looks no deeper than the value itself, however deeply it is nested. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'absent'
  if (value === null) return 'null'
  if (typeof value === 'string') {
    return JSON.stringify(value.length > LONGEST_QUOTE ? `${value.slice(0, LONGEST_QUOTE)}...` : value)
  }
  if (typeof value !== 'object') return String(value)
  return Array.isArray(value) ? `an array of ${value.length}` : 'an object'
}
