/** Does works one after the other, in the order in which they were given. One that fails does not stop the next. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve()

  /** What `work` gives, in its turn. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => undefined)
    return done
  }

  /** Resolves when all that was given so far has ended. Never rejects. */
  async idle(): Promise<void> {
    await this.#last
  }
}
