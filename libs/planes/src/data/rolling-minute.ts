import { US_PER_SECOND } from '@triplane/kernel'

const SECONDS = 60

/** A sum over the last minute of market time, in 60 slots of a second. */
export class RollingMinute {
  readonly #sums = new Float64Array(SECONDS)
  /** The newest second with a value. */
  #second = 0

  add(timeUs: number, amount: number): void {
    this.#slideTo(timeUs)
    const slot = this.#second % SECONDS
    this.#sums[slot] = (this.#sums[slot] as number) + amount
  }

  /** The sum of the minute that ends at `timeUs`, which must not go back. */
  sum(timeUs: number): number {
    this.#slideTo(timeUs)
    return this.#sums.reduce((total, each) => total + each, 0)
  }

  #slideTo(timeUs: number): void {
    const second = Math.floor(timeUs / US_PER_SECOND)
    for (let s = Math.max(this.#second + 1, second - SECONDS + 1); s <= second; s++) this.#sums[s % SECONDS] = 0
    this.#second = Math.max(this.#second, second)
  }
}
