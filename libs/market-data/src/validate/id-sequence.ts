import { field, stateSchema, type StateOf } from '@triplane/contracts'
import type { ErrorWith } from './validation-error.ts'

/** An id further above the last one is not believed at once. Current venues count less than this in three hours. */
const MAX_JUMP = 1_000_000_000
/** After this many unbelievable ids in a row, each above the one before, the venue has restarted its ids. */
const CONFIRMATIONS = 5

/** The saved state of an id sequence. */
export const idSequenceSchema = stateSchema({
  runStart: field.integer,
  lastId: field.integer,
  mayRestart: field.flag,
  candidate: field.integer,
  agreeing: field.count,
})
export type IdSequenceSnapshot = StateOf<typeof idSequenceSchema>

const beforeFirstId: IdSequenceSnapshot = { runStart: 0, lastId: -1, mayRestart: true, candidate: 0, agreeing: 0 }

/**
 * The ids of one stream, which must grow. Ids from `runStart` to `lastId` have all been seen: trade ids are contiguous, so an
 * older trade is known to be a duplicate; for other streams only the last id is known. A lone id that goes back or jumps far
 * ahead is refused; ids on which several in a row agree are believed, so one bad id never stops a stream.
 */
export class IdSequence {
  #runStart: number
  #lastId: number
  /** True after a disconnect: the venue may have restarted its ids. */
  #mayRestart: boolean
  /** The last id that was not believed, and how many in a row have agreed; 0 when there is none. */
  #candidate: number
  #agreeing: number

  constructor(saved: IdSequenceSnapshot = beforeFirstId) {
    this.#runStart = saved.runStart
    this.#lastId = saved.lastId
    this.#mayRestart = saved.mayRestart
    this.#candidate = saved.candidate
    this.#agreeing = saved.agreeing
  }

  /**
   * Refuses an id that was seen before, is older than the last one, or is far from it; remembers the latter two. An event for
   * several ids has those from `id` to `endId`; when only some of them were seen, it is refused as out of order.
   */
  check(id: number, endId = id): ErrorWith<'duplicate' | 'out_of_order'> | undefined {
    if (id > this.#lastId) {
      if (id - this.#lastId <= MAX_JUMP || this.#mayRestart) return undefined
    } else if (endId <= this.#lastId) {
      if (id >= this.#runStart) return { code: 'duplicate', id }
      if (this.#mayRestart) return undefined
    }
    this.#agreeing = id > this.#candidate && id - this.#candidate <= MAX_JUMP ? this.#agreeing + 1 : 1
    this.#candidate = id
    return this.#agreeing >= CONFIRMATIONS ? undefined : { code: 'out_of_order', id, lastId: this.#lastId }
  }

  /** True when ids after the last one and up to `afterId` have not been seen, and may still arrive. */
  isMissing(afterId: number): boolean {
    return !this.#mayRestart && afterId > this.#lastId && afterId - this.#lastId <= MAX_JUMP
  }

  /** Records that the event with this id, or these ids, passed every check. True when its stream restarts its ids here. */
  accept(id: number, endId = id): boolean {
    const isRestart = id < this.#lastId
    if (id !== this.#lastId + 1) this.#runStart = id
    this.#lastId = endId
    this.#mayRestart = false
    this.#candidate = this.#agreeing = 0
    return isRestart
  }

  onDisconnect(): void {
    this.#mayRestart = true
  }

  snapshot(): IdSequenceSnapshot {
    return {
      runStart: this.#runStart,
      lastId: this.#lastId,
      mayRestart: this.#mayRestart,
      candidate: this.#candidate,
      agreeing: this.#agreeing,
    }
  }
}
