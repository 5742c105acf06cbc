import { field, stateSchema, type StateOf } from '@triplane/contracts'
import { invariant } from '@triplane/kernel'

export type BookSide = 'bid' | 'ask'

/** One side's levels, best first: prices in ticks and sizes in lots. */
interface Levels {
  readonly ticks: number[]
  readonly lots: number[]
}

const levelsSchema = stateSchema({ ticks: field.list(field.integer), lots: field.list(field.integer) })

/** A match: how many lots at which price. */
export interface Match {
  readonly ticks: number
  readonly lots: number
}

/** The saved state of the book. */
export const bookStateSchema = stateSchema({
  bids: levelsSchema,
  asks: levelsSchema,
  changedBids: field.list(field.integer),
  changedAsks: field.list(field.integer),
  updateId: field.count,
})
export type BookState = StateOf<typeof bookStateSchema>

/** A level in wire units: ticks, lots; 0 lots removes the level. */
export type LevelChange = readonly [ticks: number, lots: number]

const MAX_LEVELS = 40

/**
 * The simulated venue's order book, by price level.
 *
 * Invariants
 * 1. The best bid is below the best ask: an order that would cross is the caller's error.
 * 2. Levels are strictly ordered and have at least one lot.
 * 3. Every change of a level takes an update id and is remembered until `takeChanges`.
 */
export class SimulatedBook {
  readonly #bids: Levels
  readonly #asks: Levels
  #changedBids: number[]
  #changedAsks: number[]
  #updateId: number

  constructor(state: BookState) {
    this.#bids = { ticks: [...state.bids.ticks], lots: [...state.bids.lots] }
    this.#asks = { ticks: [...state.asks.ticks], lots: [...state.asks.lots] }
    this.#changedBids = [...state.changedBids]
    this.#changedAsks = [...state.changedAsks]
    this.#updateId = state.updateId
  }

  get updateId(): number {
    return this.#updateId
  }

  get hasChanges(): boolean {
    return this.#changedBids.length + this.#changedAsks.length > 0
  }

  depth(side: BookSide): number {
    return this.#side(side).ticks.length
  }

  /** Best price in ticks; undefined when the side is empty. */
  best(side: BookSide): number | undefined {
    return this.#side(side).ticks[0]
  }

  /** Lots at the best price, 0 when the side is empty. */
  bestLots(side: BookSide): number {
    return this.#side(side).lots[0] ?? 0
  }

  /** Adds `lots` at `ticks`. Drops the farthest level when there are too many. */
  add(side: BookSide, ticks: number, lots: number): void {
    const opposite = this.best(side === 'bid' ? 'ask' : 'bid')
    invariant(
      opposite === undefined || (side === 'bid' ? ticks < opposite : ticks > opposite),
      'a resting order does not cross',
      ticks,
    )
    const levels = this.#side(side)
    let at = 0
    while (at < levels.ticks.length && isBetter(side, levels.ticks[at] as number, ticks)) at++
    if (levels.ticks[at] === ticks) levels.lots[at] = (levels.lots[at] as number) + lots
    else {
      levels.ticks.splice(at, 0, ticks)
      levels.lots.splice(at, 0, lots)
    }
    this.#changed(side, ticks)
    if (levels.ticks.length > MAX_LEVELS) this.cancel(side, MAX_LEVELS, Infinity)
  }

  /** Removes at most `lots` from the level at `index`, counted from the best. */
  cancel(side: BookSide, index: number, lots: number): void {
    const levels = this.#side(side)
    const left = (levels.lots[index] as number) - lots
    this.#changed(side, levels.ticks[index] as number)
    if (left > 0) levels.lots[index] = left
    else {
      levels.ticks.splice(index, 1)
      levels.lots.splice(index, 1)
    }
  }

  /** Matches an incoming order of `lots` against the levels of `side` that are at least as good as `limitTicks` for it. */
  match(side: BookSide, lots: number, limitTicks: number): Match[] {
    const matches: Match[] = []
    for (let left = lots; left > 0;) {
      const ticks = this.best(side)
      if (ticks === undefined || isBetter(side, limitTicks, ticks)) break
      const matched = Math.min(left, this.bestLots(side))
      this.cancel(side, 0, matched)
      matches.push({ ticks, lots: matched })
      left -= matched
    }
    return matches
  }

  /** The levels of a side, best first. */
  levels(side: BookSide): LevelChange[] {
    const { ticks, lots } = this.#side(side)
    return ticks.map((price, at) => [price, lots[at] as number])
  }

  /** The levels of both sides that changed since the last call, best first, with their current sizes. */
  takeChanges(): { readonly bids: LevelChange[]; readonly asks: LevelChange[] } {
    const bids = this.#asTheyAre(
      this.#bids,
      this.#changedBids.sort((a, b) => b - a),
    )
    const asks = this.#asTheyAre(
      this.#asks,
      this.#changedAsks.sort((a, b) => a - b),
    )
    this.#changedBids = []
    this.#changedAsks = []
    return { bids, asks }
  }

  snapshot(): BookState {
    return {
      bids: { ticks: [...this.#bids.ticks], lots: [...this.#bids.lots] },
      asks: { ticks: [...this.#asks.ticks], lots: [...this.#asks.lots] },
      changedBids: [...this.#changedBids],
      changedAsks: [...this.#changedAsks],
      updateId: this.#updateId,
    }
  }

  #side(side: BookSide): Levels {
    return side === 'bid' ? this.#bids : this.#asks
  }

  #changed(side: BookSide, ticks: number): void {
    this.#updateId++
    ;(side === 'bid' ? this.#changedBids : this.#changedAsks).push(ticks)
  }

  #asTheyAre({ ticks, lots }: Levels, sorted: readonly number[]): LevelChange[] {
    const changes: LevelChange[] = []
    for (let at = 0; at < sorted.length; at++) {
      const price = sorted[at] as number
      if (price === sorted[at - 1]) continue
      const level = ticks.indexOf(price)
      changes.push([price, level < 0 ? 0 : (lots[level] as number)])
    }
    return changes
  }
}

/** True when `a` is a better price than `b` for a trade against `side`. */
function isBetter(side: BookSide, a: number, b: number): boolean {
  return side === 'bid' ? a > b : a < b
}
