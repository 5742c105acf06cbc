import type { Event, EventDraft } from './event.ts'

/**
 * What a core emits, in order. It stamps each event with the producer's sequence; `drain` hands over what has come
 * since the last drain.
 */
export class Outbox<E extends Event = Event> {
  #events: E[] = []
  #seq: number

  /** `lastSeq` is the last sequence number used: 0 for a new run. */
  constructor(lastSeq = 0) {
    this.#seq = lastSeq
  }

  get lastSeq(): number {
    return this.#seq
  }

  get size(): number {
    return this.#events.length
  }

  /**
   * Completes a draft that nobody else holds yet: its `seq` is set here, in the draft itself where it has the place.
   */
  add(draft: EventDraft<E>): void {
    const event = (draft.seq === undefined ? withPlace(draft) : draft) as E
    ;(event as { seq: number }).seq = ++this.#seq
    this.#events.push(event)
  }

  /** The sequence that the next event will get; ids of derived events are made of it. */
  get nextSeq(): number {
    return this.#seq + 1
  }

  /** Takes everything out. */
  drain(): readonly E[] {
    const events = this.#events
    if (events.length > 0) this.#events = []
    return events
  }
}

/** The same with a place for its sequence, behind its type as on the wire. */
function withPlace({ type, ...fields }: { readonly type: string }): object {
  return { type, seq: 0, ...fields }
}
