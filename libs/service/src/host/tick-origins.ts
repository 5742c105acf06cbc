/** The number of market data records whose wall time is kept. */
const REMEMBERED = 4096

/**
 * Remembers when market data was sent to the bus, to know the wall time from a tick to its order without wall times in
 * events.
 */
export class TickOrigins {
  readonly #fromUs = new Float64Array(REMEMBERED)
  readonly #throughUs = new Float64Array(REMEMBERED)
  readonly #sentUs = new Float64Array(REMEMBERED)
  #next = 0

  /** Notes that a record with market times from `fromUs` to `throughUs` was sent at wall time `sentUs`. */
  note(fromUs: number, throughUs: number, sentUs: number): void {
    const at = this.#next++ % REMEMBERED
    this.#fromUs[at] = fromUs
    this.#throughUs[at] = throughUs
    this.#sentUs[at] = sentUs
  }

  /** Wall time at which the data of market time `recvUs` was sent; undefined when it is forgotten. */
  sentUsOf(recvUs: number): number | undefined {
    for (let i = this.#next - 1; i >= 0 && i >= this.#next - REMEMBERED; i--) {
      const at = i % REMEMBERED
      if ((this.#fromUs[at] as number) <= recvUs && recvUs <= (this.#throughUs[at] as number)) return this.#sentUs[at]
    }
    return undefined
  }
}
