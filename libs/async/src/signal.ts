import { Deferred } from './deferred.ts'

/** A repeating event: `raise` wakes all current waiters and is not remembered for later ones. */
export class Signal {
  #next: Deferred | undefined
  readonly #timed = new Set<() => void>()

  get isAwaited(): boolean {
    return this.#next !== undefined || this.#timed.size > 0
  }

  /** Resolves at the next `raise`. Waiters share one promise. */
  raised(): Promise<void> {
    this.#next ??= new Deferred()
    return this.#next.promise
  }

  /** Resolves at the next `raise`, or after `ms`. */
  raisedWithin(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        this.#timed.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      this.#timed.add(wake)
    })
  }

  raise(): void {
    const next = this.#next
    this.#next = undefined
    next?.resolve()
    for (const wake of this.#timed) wake()
  }
}
