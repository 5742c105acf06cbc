import type { Event, Rank } from '@triplane/contracts'

const COMPACT_AT = 1024

/**
 * The waiting inputs of one producer, in order of (effect time, rank, sequence). They nearly always come in that order:
 * then a push is an append. What comes out of order (replies with different latencies) is put in its place.
 */
export class InputQueue<E extends Event> {
  readonly producer: string
  /** Three columns, of which the slots from `#head` to `#end` are in use. Slots are reused, so the arrays stay short. */
  readonly #events: (E | undefined)[] = []
  readonly #effectUs: number[] = []
  readonly #ranks: Rank[] = []
  #head = 0
  #end = 0

  constructor(producer: string) {
    this.producer = producer
  }

  get size(): number {
    return this.#end - this.#head
  }

  /** Effect time of the first input. The queue must not be empty. */
  get headUs(): number {
    return this.#effectUs[this.#head] as number
  }

  /** Rank of the first input. The queue must not be empty. */
  get headRank(): Rank {
    return this.#ranks[this.#head] as Rank
  }

  push(event: E, effectUs: number, rank: Rank): void {
    let at = this.#end++
    while (at > this.#head && this.#isAfter(at - 1, event, effectUs, rank)) {
      this.#events[at] = this.#events[at - 1]
      this.#effectUs[at] = this.#effectUs[at - 1] as number
      this.#ranks[at] = this.#ranks[at - 1] as Rank
      at--
    }
    this.#events[at] = event
    this.#effectUs[at] = effectUs
    this.#ranks[at] = rank
  }

  /** Takes the first input. The queue must not be empty. */
  shift(): E {
    const event = this.#events[this.#head] as E
    this.#events[this.#head] = undefined
    this.#head++
    if (this.#head === this.#end) this.#head = this.#end = 0
    else if (this.#head >= COMPACT_AT && this.#head * 2 > this.#end) this.#compact()
    return event
  }

  toArray(): E[] {
    return this.#events.slice(this.#head, this.#end) as E[]
  }

  #isAfter(at: number, event: E, effectUs: number, rank: Rank): boolean {
    const byTime = (this.#effectUs[at] as number) - effectUs
    if (byTime !== 0) return byTime > 0
    const byRank = (this.#ranks[at] as Rank) - rank
    if (byRank !== 0) return byRank > 0
    return (this.#events[at] as E).seq > event.seq
  }

  /** Moves what waits to the front. */
  #compact(): void {
    const size = this.size
    this.#events.copyWithin(0, this.#head, this.#end).fill(undefined, size, this.#end)
    this.#effectUs.copyWithin(0, this.#head, this.#end)
    this.#ranks.copyWithin(0, this.#head, this.#end)
    this.#head = 0
    this.#end = size
  }
}
