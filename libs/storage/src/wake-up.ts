/** Lets several callers wait for the next time that something happens, or for a while. */
export class WakeUp {
  readonly #sleepers = new Set<() => void>()

  /** Resolves at the next `wake`, or when the time is over. Without a time it waits for ever. */
  next(timeoutMs?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => done(), timeoutMs)
      const done = () => {
        clearTimeout(timer)
        this.#sleepers.delete(done)
        resolve()
      }
      this.#sleepers.add(done)
    })
  }

  wake(): void {
    for (const done of [...this.#sleepers]) done()
  }
}
