import { nextTurn } from '@triplane/async'
import type { Clock } from '@triplane/kernel'

/** Wall time after which signals, timers and sockets have waited long enough. A fifth of what a person at Ctrl-C may wait. */
const EVERY_US = 20_000

/** Lets the outside world have its turn between the steps of a long piece of work. */
export class Breather {
  readonly #clock: Pick<Clock, 'monotonicUs'>
  readonly #turn: () => Promise<unknown>
  #breathedUs: number

  /** `turn` resolves when the event loop has looked at everything that waits. */
  constructor(clock: Pick<Clock, 'monotonicUs'>, turn: () => Promise<unknown> = nextTurn) {
    this.#clock = clock
    this.#turn = turn
    this.#breathedUs = clock.monotonicUs()
  }

  /** Waits for a turn of the event loop when the last one is 20 ms ago; true when it did. To be called after every step. */
  async breathe(): Promise<boolean> {
    if (this.#clock.monotonicUs() - this.#breathedUs < EVERY_US) return false
    await this.#turn()
    this.#breathedUs = this.#clock.monotonicUs()
    return true
  }
}
