/** Runs tasks one after the other, in the order given. A failure does not stop the next. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs `work` in its turn and returns its result. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    return done
  }

  /** Resolves when every task given so far has ended. Never rejects. */
  async idle(): Promise<void> {
    await this.#last
  }
}
