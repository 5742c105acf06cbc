/** Verdict on a doubtful receive time: the next one confirms it, or it is impossible. */
export type TimeVerdict = 'confirmed' | 'impossible'

/**
 * Distinguishes a real jump of receive times from a single impossible time, by the time behind it.
 *
 * Invariants
 * 1. A time within the limit of the newest trusted one is trusted at once. Any other, including the very first, waits for a
 *    verdict: at most one at a time.
 * 2. The next time confirms the waiting one when it jumps the same way and is not more than the limit before it.
 * 3. An unconfirmed time leaves no trace.
 */
export class ReceiveTimes {
  readonly #limitUs: number
  #trustedUs: number | undefined
  #heldUs: number | undefined

  /**
   * `limitUs` is the jump that needs no confirmation, in either direction; with Infinity every time is trusted. `startUs` is a
   * time that is trusted from the start.
   */
  constructor(limitUs: number, startUs?: number) {
    this.#limitUs = limitUs
    this.#trustedUs = startUs
  }

  /** The newest trusted time; undefined before the first. */
  get trustedUs(): number | undefined {
    return this.#trustedUs
  }

  /** The verdict of `timeUs` on the waiting time; undefined when none waits. After `confirmed` the waiting time is trusted. */
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

  /** True when `timeUs` is trusted; otherwise it waits for the next one. Call it only when no time waits. */
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
