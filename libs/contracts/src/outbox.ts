import type { Event, EventDraft } from './event.ts'

/** Up to so many events are copied out of an array that is used again: a new one would have room for far more than a frame has. */
const MOST_REUSED = 32

/**
 * The events that a core emits, in order. It stamps each event with the producer's sequence; `drain` returns those added since
 * the last drain.
 */
export class Outbox<E extends Event = Event> {
  /** The slots below `#size` are in use. */
  #events: E[] = []
  #size = 0
  #seq: number

  /** `lastSeq` is the last sequence number used: 0 for a new run. */
  constructor(lastSeq = 0) {
    this.#seq = lastSeq
  }

  get lastSeq(): number {
    return this.#seq
  }

  get size(): number {
    return this.#size
  }

  /** Adds a draft that the caller no longer uses. Sets `seq` on the draft itself when it has the field. */
  add(draft: EventDraft<E>): void {
    const event = (draft.seq === undefined ? withPlace(draft) : draft) as E
    ;(event as { seq: number }).seq = ++this.#seq
    this.#events[this.#size++] = event
  }

  /** The sequence of the next event; ids of derived events are built from it. */
  get nextSeq(): number {
    return this.#seq + 1
  }

  /** Removes and returns all events. */
  drain(): readonly E[] {
    const size = this.#size
    this.#size = 0
    if (size <= MOST_REUSED) return this.#events.slice(0, size)
    const events = this.#events
    this.#events = []
    return events
  }
}

/** A copy with a field for the sequence, behind the type as on the wire. */
function withPlace({ type, ...fields }: { readonly type: string }): object {
  return { type, seq: 0, ...fields }
}
