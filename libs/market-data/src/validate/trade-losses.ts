import { field, stateSchema, type StateOf } from '@triplane/contracts'

/** An id further ahead than this means that the venue restarted its ids: nothing is known to be missing. */
const MAX_JUMP = 1_000_000_000
/** Maximum number of waiting id ranges; beyond it the two oldest are merged. */
const MOST_WAITING = 256

/** Trades that arrived and are in no bar. */
const seenTradesSchema = stateSchema({
  firstId: field.integer,
  lastId: field.integer,
  /** The time of a refused trade: -1 when unknown. Null for a trade that is not of the order book. */
  lostUs: field.orNull(field.timeUs),
})
type SeenTrades = StateOf<typeof seenTradesSchema>

/** The saved state of the losses. */
export const tradeLossesSchema = stateSchema({
  /** -1 before the first trade. */
  nextId: field.integer,
  waiting: field.list(seenTradesSchema),
})
export type TradeLossesSnapshot = StateOf<typeof tradeLossesSchema>

/** Trades that belong between the last accepted one and this one, but were not accepted. */
export interface TradeLoss {
  /** Number of trades that never arrived. */
  readonly missing: number
  /** Event times of the refused ones, -1 for an unknown one. */
  readonly lostUs: readonly number[]
}

/**
 * Accounts for the ids of trades, which the venue numbers without a hole. Between two accepted trades each id must have
 * arrived: as an off-book trade, which is no loss, or as a refused one, which is lost unless a good one of the same id follows.
 */
export class TradeLosses {
  #nextId: number
  #waiting: SeenTrades[]

  constructor(snapshot: TradeLossesSnapshot = { nextId: -1, waiting: [] }) {
    this.#nextId = snapshot.nextId
    this.#waiting = [...snapshot.waiting]
  }

  /** Notes a trade that is not of the order book. */
  offBook(id: number): void {
    if (id === this.#nextId && this.#waiting.length === 0) this.#nextId++
    else this.#wait({ firstId: id, lastId: id, lostUs: null })
  }

  /** Notes a refused trade; `lostUs` is its event time, -1 when unknown. */
  refused(firstId: number, lastId: number, lostUs: number): void {
    this.#wait({ firstId, lastId, lostUs })
  }

  /** True when some of the ids up to `afterId` have not been seen. */
  isMissing(afterId: number): boolean {
    const nextId = this.#nextId
    return nextId >= 0 && afterId >= nextId && countIds(this.#waiting, nextId, afterId + 1) <= afterId - nextId
  }

  /** Notes an accepted trade. Returns the trades lost before it; undefined when there are none. */
  accept(firstId: number, lastId: number): TradeLoss | undefined {
    const nextId = this.#nextId
    this.#nextId = lastId + 1
    if (firstId === nextId && this.#waiting.length === 0) return undefined
    const waiting = this.#waiting
    const isAnew = nextId < 0 || firstId < nextId || firstId - nextId > MAX_JUMP
    this.#waiting = isAnew ? [] : waiting.filter((seen) => seen.lastId > lastId)
    const before = waiting.filter((seen) => seen.firstId < firstId && (isAnew || seen.lastId >= nextId))
    const lostUs = before.flatMap((seen) => (seen.lostUs === null ? [] : [seen.lostUs]))
    const missing = isAnew ? 0 : firstId - nextId - countIds(before, nextId, firstId)
    return missing > 0 || lostUs.length > 0 ? { missing, lostUs } : undefined
  }

  /** Lets ids continue anywhere. */
  reset(): void {
    this.#nextId = -1
    this.#waiting = []
  }

  snapshot(): TradeLossesSnapshot {
    return { nextId: this.#nextId, waiting: [...this.#waiting] }
  }

  #wait(seen: SeenTrades): void {
    this.#waiting.push(seen)
    if (this.#waiting.length <= MOST_WAITING) return
    const [a, b] = this.#waiting.splice(0, 2) as [SeenTrades, SeenTrades]
    const range = { firstId: Math.min(a.firstId, b.firstId), lastId: Math.max(a.lastId, b.lastId) }
    const isLost = a.lostUs !== null || b.lostUs !== null
    this.#waiting.unshift({ ...range, lostUs: isLost ? -1 : null })
  }
}

/** How many ids from `fromId` up to, not including, `toId` were seen. */
function countIds(seen: readonly SeenTrades[], fromId: number, toId: number): number {
  let count = 0
  let from = fromId
  for (const { firstId, lastId } of seen.toSorted((a, b) => a.firstId - b.firstId)) {
    const first = Math.max(firstId, from)
    const end = Math.min(lastId + 1, toId)
    if (end <= first) continue
    count += end - first
    from = end
  }
  return count
}
