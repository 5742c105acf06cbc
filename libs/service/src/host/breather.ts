import { nextTurn } from '@triplane/async'
import type { Clock } from '@triplane/kernel'

/** Wall time after which signals, timers and sockets get a turn: a fifth of the patience of a person at Ctrl-C. */
const EVERY_US = 20_000

/** Yields to the event loop between the steps of a long computation. */
export class Breather {
  readonly #clock: Pick<Clock, 'monotonicUs'>
  readonly #turn: () => Promise<unknown>
  #breathedUs: number

  /** `turn` resolves after one turn of the event loop. */
  constructor(clock: Pick<Clock, 'monotonicUs'>, turn: () => Promise<unknown> = nextTurn) {
    this.#clock = clock
    this.#turn = turn
    this.#breathedUs = clock.monotonicUs()
  }

  /** Yields when the last turn is 20 ms ago; true when it did. Call it after every step. */
  async breathe(): Promise<boolean> {
    if (this.#clock.monotonicUs() - this.#breathedUs < EVERY_US) return false
    await this.#turn()
    this.#breathedUs = this.#clock.monotonicUs()
    return true
  }
}
