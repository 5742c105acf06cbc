/** What became of a receive time that was held back: the next one confirms it, or it is impossible. */
export type TimeVerdict = 'confirmed' | 'impossible'

/**
 * Tells a jump of receive times that really happened from a single time that is impossible, by the time behind it.
 *
 * Invariants
 * 1. A time that is within the limit of the newest one that is trusted is trusted at once. Any other, the first one of all
 *    too, is held: at most one at a time.
 * 2. The next time confirms the one that is held when it jumps the same way and is not more than the limit before it.
 * 3. A time that is not confirmed is remembered by nothing.
 */
export class ReceiveTimes {
  readonly #limitUs: number
  #trustedUs: number | undefined
  #heldUs: number | undefined

  /**
   * `limitUs` is the jump that needs no confirmation, in either direction; with Infinity everything is trusted. `startUs` is a
   * time that is trusted beforehand.
   */
  constructor(limitUs: number, startUs?: number) {
    this.#limitUs = limitUs
    this.#trustedUs = startUs
  }

  /** The newest time that is trusted; undefined before the first. */
  get trustedUs(): number | undefined {
    return this.#trustedUs
  }

  /** The verdict of `timeUs` on the time that is held; undefined when none is. After `confirmed` the held one is trusted. */
  judgeHeld(timeUs: number): TimeVerdict | undefined {
    const heldUs = this.#heldUs
    if (heldUs === undefined) return undefined
    this.#heldUs = undefined
    const trustedUs = this.#trustedUs
    const isSameWay = trustedUs === undefined || (this.#isJump(timeUs) && timeUs > trustedUs === heldUs > trustedUs)
    if (!isSameWay || timeUs < heldUs - this.#limitUs) return 'impossible'
    this.#trustedUs = heldUs
    return 'confirmed'
  }

  /** True when `timeUs` is trusted; else it is held for the next one to judge. To be called when nothing is held. */
  trusts(timeUs: number): boolean {
    if (this.#isJump(timeUs)) {
      this.#heldUs = timeUs
      return false
    }
    this.#trustedUs = timeUs
    return true
  }

  #isJump(timeUs: number): boolean {
    const trustedUs = this.#trustedUs
    if (trustedUs === undefined) return this.#limitUs < Infinity
    return Math.abs(timeUs - trustedUs) > this.#limitUs
  }
}
