import type { Event, Rank } from '@triplane/contracts'

const COMPACT_AT = 1024

/** A waiting input, with its place among the others. `arrival` counts inputs in arrival order. */
export interface WaitingInput<E extends Event> {
  readonly event: E
  readonly effectUs: number
  readonly rank: Rank
  readonly arrival: number
}

/** Waiting inputs of one producer that arrived in order of (effect time, rank, sequence): first in, first out. */
export class InputQueue<E extends Event> {
  readonly producer: string
  /** Columns: the slots from `#head` to `#end` are in use. Slots are reused, so the arrays stay short. */
  readonly #events: (E | undefined)[] = []
  readonly #effectUs: number[] = []
  readonly #ranks: Rank[] = []
  readonly #seqs: number[] = []
  readonly #arrivals: number[] = []
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

  /** True when an input does not come before the last one of this queue. */
  fits(event: E, effectUs: number, rank: Rank): boolean {
    const last = this.#end - 1
    if (last < this.#head) return true
    const byTime = effectUs - (this.#effectUs[last] as number)
    if (byTime !== 0) return byTime > 0
    const byRank = rank - (this.#ranks[last] as Rank)
    return byRank !== 0 ? byRank > 0 : event.seq >= (this.#seqs[last] as number)
  }

  /** Appends an input that fits. */
  push(event: E, effectUs: number, rank: Rank, arrival: number): void {
    const at = this.#end++
    this.#events[at] = event
    this.#effectUs[at] = effectUs
    this.#ranks[at] = rank
    this.#seqs[at] = event.seq
    this.#arrivals[at] = arrival
  }

  /** Removes and returns the first input. The queue must not be empty. */
  shift(): E {
    const event = this.#events[this.#head] as E
    this.#events[this.#head] = undefined
    this.#head++
    if (this.#head === this.#end) this.#head = this.#end = 0
    else if (this.#head >= COMPACT_AT && this.#head * 2 > this.#end) this.#compact()
    return event
  }

  /** Compares the first inputs: negative when this queue's comes first. Neither queue may be empty. */
  compareHeads(other: InputQueue<E>): number {
    const byTime = this.headUs - other.headUs
    if (byTime !== 0) return byTime
    const byRank = this.headRank - other.headRank
    if (byRank !== 0) return byRank
    if (this.producer !== other.producer) return this.producer < other.producer ? -1 : 1
    const bySeq = (this.#seqs[this.#head] as number) - (other.#seqs[other.#head] as number)
    return bySeq !== 0 ? bySeq : (this.#arrivals[this.#head] as number) - (other.#arrivals[other.#head] as number)
  }

  toArray(): WaitingInput<E>[] {
    return this.#events.slice(this.#head, this.#end).map((event, i) => ({
      event: event as E,
      effectUs: this.#effectUs[this.#head + i] as number,
      rank: this.#ranks[this.#head + i] as Rank,
      arrival: this.#arrivals[this.#head + i] as number,
    }))
  }

  /** Moves the waiting inputs to the front. */
  #compact(): void {
    const size = this.size
    this.#events.copyWithin(0, this.#head, this.#end).fill(undefined, size, this.#end)
    for (const column of [this.#effectUs, this.#ranks, this.#seqs, this.#arrivals])
      column.copyWithin(0, this.#head, this.#end)
    this.#head = 0
    this.#end = size
  }
}
