/** Something that is waited for, again and again: `raise` wakes all who wait now. */
export class Signal {
  #promise: Promise<void> | undefined
  readonly #waiting = new Set<() => void>()

  get isAwaited(): boolean {
    return this.#waiting.size > 0
  }

  /** Resolves at the next `raise`. Who asks meanwhile gets the same promise. */
  raised(): Promise<void> {
    this.#promise ??= new Promise((resolve) => this.#waiting.add(resolve))
    return this.#promise
  }

  /** Resolves at the next `raise`, or after `ms`. */
  raisedWithin(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      this.#waiting.add(wake)
    })
  }

  raise(): void {
    this.#promise = undefined
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }
}
