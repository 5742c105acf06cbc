import { US_PER_SECOND, type Clock } from '@triplane/kernel'
import type { LoggedTurn } from '../log/turn.ts'

/** The longest time between two looks at the clocks of a process that is at work. */
const MAX_GAP_US = 2 * US_PER_SECOND
/** How often to look besides the host's own looks. */
const LOOK_EVERY_MS = 500

/**
 * Finds out that the process was paused: stopped by a signal, with its container, or asleep with its machine, in which one of the
 * clocks may stand still.
 */
export class PauseWatch {
  readonly #clock: Clock
  #wallUs: number
  #monotonicUs: number
  #unsaidUs = 0
  #isNew = false
  /** True from a pause on until the host has read what it missed. */
  isCatchingUp = false
  #looking: NodeJS.Timeout | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.#wallUs = clock.nowUs()
    this.#monotonicUs = clock.monotonicUs()
  }

  /** Looks regularly from now on, for a host that waits long. */
  start(): void {
    this.#look(true)
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY_MS).unref()
  }

  stop(): void {
    clearInterval(this.#looking)
  }

  /** Looks now. True when a pause was found since the last call. */
  isFound(): boolean {
    this.#look()
    const isFound = this.#isNew
    if (isFound) this.isCatchingUp = true
    this.#isNew = false
    return isFound
  }

  /** Whether a turn has to say that the process was paused. */
  get isUnsaid(): boolean {
    return this.#unsaidUs > 0
  }

  /** How long the process was paused, for the turn that is taken: absent when it was not since the turn before. */
  say(): Pick<LoggedTurn, 'pausedUs'> {
    const pausedUs = this.#unsaidUs
    this.#unsaidUs = 0
    return pausedUs > 0 ? { pausedUs } : {}
  }

  #look(isFirst = false): void {
    const [wallUs, monotonicUs] = [this.#clock.nowUs(), this.#clock.monotonicUs()]
    const gapUs = Math.round(Math.max(wallUs - this.#wallUs, monotonicUs - this.#monotonicUs))
    this.#wallUs = wallUs
    this.#monotonicUs = monotonicUs
    if (gapUs <= MAX_GAP_US || isFirst) return
    this.#isNew = true
    this.#unsaidUs += gapUs
  }
}
