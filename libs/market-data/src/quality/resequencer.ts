import { field, stateSchema, type BookDelta, type StateOf, type Trade } from '@triplane/contracts'
import { US_PER_SECOND } from '@triplane/kernel'
import { CLOSE_LATE_AFTER_US } from '../bars/bar-builder.ts'
import type { Frame } from '../frame.ts'
import { STARVED_AFTER_US } from '../order-book/book-keeper.ts'
import { idBefore, isNumbered } from '../order-book/book-rule.ts'
import { firstIdOf } from '../validate/trade-ids.ts'

/** The streams whose ids reveal missing events. Update ids of quotes have holes of their own. */
const streams = ['trade', 'bookDelta'] as const
type Stream = (typeof streams)[number]

/**
 * How long to wait for overtaken frames: trades as long as bars wait for them, deltas until shortly before the book is starved.
 */
const WAIT_US: Readonly<Record<Stream, number>> = {
  trade: CLOSE_LATE_AFTER_US,
  bookDelta: STARVED_AFTER_US - US_PER_SECOND,
}
/** Maximum number of waiting frames per stream; beyond it none waits. */
const MOST_HELD = 10_000

const heldSchema = stateSchema({
  /** The last id before the frame's own. */
  afterId: field.integer,
  heldUs: field.timeUs,
  source: field.text,
  venue: field.text,
  /** The frame, one character per byte. */
  bytes: field.text,
})
type Held = StateOf<typeof heldSchema>

/** The waiting frames, by stream, in the order of their ids. */
export const resequencerSchema = stateSchema({ trade: field.list(heldSchema), bookDelta: field.list(heldSchema) })
export type ResequencerSnapshot = StateOf<typeof resequencerSchema>

/** True when ids of the stream up to `afterId` are missing. */
export type IsMissing = (stream: Stream, afterId: number) => boolean

/**
 * Holds back trades and deltas of an instrument, where they are numbered, that arrived before their predecessors: at the end of
 * a burst, new frames overtake those still on their way. They continue when the predecessors have arrived, or after a limited
 * wait.
 */
export class Resequencer {
  readonly #held: Record<Stream, Held[]>

  constructor(snapshot: ResequencerSnapshot = { trade: [], bookDelta: [] }) {
    this.#held = { trade: [...snapshot.trade], bookDelta: [...snapshot.bookDelta] }
  }

  /** Number of waiting frames. */
  get size(): number {
    return this.#held.trade.length + this.#held.bookDelta.length
  }

  /**
   * Holds back the frame of `event` when its predecessors are missing. Otherwise returns false, and the frame does not wait.
   */
  holds(event: Trade | BookDelta, frame: Frame, nowUs: number, isMissing: IsMissing): boolean {
    const stream = event.type
    const afterId = afterIdOf(event)
    if (afterId === undefined || !isMissing(stream, afterId)) return false
    const { source, venue } = frame.origin
    const bytes = Buffer.from(frame.bytes.subarray(frame.start, frame.end)).toString('latin1')
    const held = this.#held[stream]
    const at = held.findLastIndex((one) => one.afterId <= afterId) + 1
    held.splice(at, 0, { afterId, heldUs: nowUs, source, venue, bytes })
    return true
  }

  /**
   * Removes and returns the next frame that need not wait: nothing before it is missing, or the wait is over. With `all` no
   * frame waits.
   */
  next(nowUs: number, isMissing: IsMissing, all: boolean): Frame | undefined {
    for (const stream of streams) {
      const held = this.#held[stream]
      const [first] = held
      if (first === undefined) continue
      const isOver = all || held.length > MOST_HELD || nowUs - first.heldUs >= WAIT_US[stream]
      if (!isOver && isMissing(stream, first.afterId)) continue
      held.shift()
      return frameOf(first, nowUs)
    }
    return undefined
  }

  snapshot(): ResequencerSnapshot {
    return { trade: [...this.#held.trade], bookDelta: [...this.#held.bookDelta] }
  }
}

/** The id that the event follows; undefined when the venue does not number its events. */
function afterIdOf(event: Trade | BookDelta): number | undefined {
  if (event.type === 'bookDelta') return isNumbered(event) ? idBefore(event) : undefined
  const firstId = firstIdOf(event)
  return firstId === undefined ? undefined : firstId - 1
}

function frameOf({ source, venue, bytes }: Held, tsRecvUs: number): Frame {
  const raw = Buffer.from(bytes, 'latin1')
  return { type: 'frame', origin: { source, venue }, bytes: raw, start: 0, end: raw.length, tsRecvUs }
}
