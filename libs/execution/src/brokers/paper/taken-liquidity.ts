import { field, stateSchema, type StateOf } from '@triplane/contracts'
import { wholeLots, type TradingTerms } from '@triplane/instruments'
import type { BookView } from '../book-view.ts'

type BookSide = 'bid' | 'ask'

interface TakenLevel {
  readonly side: BookSide
  readonly price: number
  units: bigint
}

export const takenSchema = field.list(
  stateSchema({ side: field.oneOf(['bid', 'ask']), price: field.real, units: field.units }),
)
export type TakenSnapshot = StateOf<typeof takenSchema>

/**
 * Tracks the liquidity that our paper orders took from displayed levels, since the real book never shows it.
 *
 * Invariants
 * 1. A level offers its displayed size less the size taken from it, never the same size twice.
 * 2. The taken size of a level never exceeds its displayed size: it shrinks and disappears with the level, and size added
 *    later is new.
 */
export class TakenLiquidity {
  readonly #terms: TradingTerms
  readonly #levels: TakenLevel[]

  constructor(terms: TradingTerms, snapshot: TakenSnapshot = []) {
    this.#terms = terms
    this.#levels = snapshot.map(({ side, price, units }) => ({ side, price, units: BigInt(units) }))
  }

  get isEmpty(): boolean {
    return this.#levels.length === 0
  }

  /** Units that a level of `size` still offers. */
  available(side: BookSide, price: number, size: number): bigint {
    const displayed = wholeLots(size, this.#terms)
    const taken = this.#find(side, price)?.units ?? 0n
    return displayed > taken ? displayed - taken : 0n
  }

  take(side: BookSide, price: number, units: bigint): void {
    const level = this.#find(side, price)
    if (level) level.units += units
    else this.#levels.push({ side, price, units })
  }

  /** Shrinks the taken sizes to a changed book. */
  onBook(book: BookView): void {
    for (let i = this.#levels.length - 1; i >= 0; i--) {
      const level = this.#levels[i] as TakenLevel
      const displayed = wholeLots(book.sizeAt(level.side, level.price), this.#terms)
      if (displayed === 0n) this.#levels.splice(i, 1)
      else if (displayed < level.units) level.units = displayed
    }
  }

  snapshot(): TakenSnapshot {
    return this.#levels.map(({ side, price, units }) => ({ side, price, units: String(units) }))
  }

  #find(side: BookSide, price: number): TakenLevel | undefined {
    return this.#levels.find((level) => level.side === side && level.price === price)
  }
}
