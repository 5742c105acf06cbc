import { Deferred } from './deferred.ts'

/** Something that happens again and again: `raise` wakes all who wait now, and is not remembered for those who come later. */
export class Signal {
  #next: Deferred | undefined
  readonly #timed = new Set<() => void>()

  get isAwaited(): boolean {
    return this.#next !== undefined || this.#timed.size > 0
  }

  /** Resolves at the next `raise`. Who asks meanwhile gets the same promise. */
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
