import { field, stateSchema } from '@triplane/contracts'

/** Both sides: price, size, price, size, ... as sent, best first. */
export const levelTextsSchema = stateSchema({ bids: field.list(field.text), asks: field.list(field.text) })

/** One side of a book as sent: the texts of its prices and sizes, best first. */
export class LevelTexts {
  readonly #sign: 1 | -1
  /** Prices as numbers, best first. */
  #prices: number[]
  #texts: string[]

  /** `texts` are price, size, price, size, ... best first. */
  constructor(side: 'bid' | 'ask', texts: readonly string[] = []) {
    this.#sign = side === 'bid' ? -1 : 1
    this.#texts = [...texts]
    this.#prices = texts.filter((_, i) => i % 2 === 0).map(Number)
  }

  /** Price, size, price, size, ... best first: the list itself, which the next call changes. */
  get texts(): readonly string[] {
    return this.#texts
  }

  /** Sets levels, in the order of the list; size 0 removes a level. `texts` are the same numbers as sent. */
  apply(levels: readonly number[], texts: readonly string[]): void {
    for (let l = 0; l < levels.length; l += 2) {
      const price = levels[l] as number
      const at = this.#placeOf(price)
      const isThere = this.#prices[at] === price
      if (levels[l + 1] === 0) {
        if (!isThere) continue
        this.#prices.splice(at, 1)
        this.#texts.splice(2 * at, 2)
      } else if (isThere) {
        this.#texts[2 * at] = texts[l] as string
        this.#texts[2 * at + 1] = texts[l + 1] as string
      } else {
        this.#prices.splice(at, 0, price)
        this.#texts.splice(2 * at, 0, texts[l] as string, texts[l + 1] as string)
      }
    }
  }

  /** Drops levels beyond the best `depth`. Returns their removals: price, 0, price, 0, ... */
  cutAt(depth: number): number[] {
    if (this.#prices.length <= depth) return []
    this.#texts.length = 2 * depth
    return this.#prices.splice(depth).flatMap((price) => [price, 0])
  }

  clear(): void {
    this.#prices = []
    this.#texts = []
  }

  /** The first place with a price that is not better than `price`. */
  #placeOf(price: number): number {
    let low = 0
    let high = this.#prices.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#sign * (this.#prices[middle] as number) < this.#sign * price) low = middle + 1
      else high = middle
    }
    return low
  }
}
