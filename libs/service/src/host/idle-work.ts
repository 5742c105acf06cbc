import type { Clock } from '@triplane/kernel'

/** How long a host has to be idle, and how seldom the work is done: each delays what arrives meanwhile. */
const AFTER_MS = 1
const EVERY_US = 2000

/**
 * Work for the idle moments of a host: done once after it has handled something and then waited for a millisecond, at most
 * every 2 ms. A host that is never idle, as in a replay at full speed, never does it. Errors of the work are thrown in the timer.
 */
export class IdleWork {
  readonly #work: () => void
  readonly #clock: Pick<Clock, 'monotonicUs'>
  #timer: NodeJS.Timeout | undefined
  #isIdle = false
  #doneUs = Number.NEGATIVE_INFINITY

  constructor(work: () => void, clock: Pick<Clock, 'monotonicUs'>) {
    this.#work = work
    this.#clock = clock
  }

  /** The host has handled something, and waits from now on. */
  begin(): void {
    this.#isIdle = true
    if (this.#timer) this.#timer.refresh()
    else this.#timer = setTimeout(() => this.#onIdle(), AFTER_MS).unref()
  }

  /** The host waits no more. */
  end(): void {
    this.#isIdle = false
  }

  #onIdle(): void {
    if (!this.#isIdle) return
    const nowUs = this.#clock.monotonicUs()
    if (nowUs - this.#doneUs < EVERY_US) return void this.#timer?.refresh()
    this.#doneUs = nowUs
    this.#work()
  }
}
