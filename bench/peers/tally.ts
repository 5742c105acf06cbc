/** The expected result of every contender of the frames-to-book bench. */
export interface Tally {
  trades: number
  quotes: number
  bid: readonly [price: number | undefined, size: number | undefined]
  ask: readonly [price: number | undefined, size: number | undefined]
  /** Sum of the order-flow imbalance, to 1e-3. */
  ofi: number
}

/** Order-flow imbalance over consecutive best quotes (Cont, Kukanov, Stoikov 2014), for the peers, which lack it. */
export class PlainOfi {
  #sum = 0
  #bid = NaN
  #bidSize = NaN
  #ask = NaN
  #askSize = NaN

  add(bid: number, bidSize: number, ask: number, askSize: number): void {
    if (bid >= this.#bid) this.#sum += bidSize
    if (bid <= this.#bid) this.#sum -= this.#bidSize
    if (ask <= this.#ask) this.#sum -= askSize
    if (ask >= this.#ask) this.#sum += this.#askSize
    this.#bid = bid
    this.#bidSize = bidSize
    this.#ask = ask
    this.#askSize = askSize
  }

  get sum(): number {
    return Number(this.#sum.toFixed(3))
  }
}
