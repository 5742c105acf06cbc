import timers from 'node:timers'

/** Pending timers set by the sources of this lib. Jest and Node have timers of their own. */
export class OwnTimers {
  readonly #live = new Map<unknown, string>()
  readonly #spies = [jest.spyOn(globalThis, 'setTimeout'), jest.spyOn(globalThis, 'setInterval')] as const

  constructor() {
    const [timeouts, intervals] = this.#spies
    const { setTimeout, setInterval } = timers
    timeouts.mockImplementation((act: () => void, ms?: number) => {
      const timer = setTimeout(() => {
        this.#live.delete(timer)
        act()
      }, ms)
      return this.#noted(timer)
    })
    intervals.mockImplementation((act: () => void, ms?: number) => this.#noted(setInterval(act, ms)))
  }

  /** Where each pending timer was set. */
  live(): string[] {
    return [...this.#live].flatMap(([timer, origin]) =>
      (timer as { readonly _destroyed?: boolean })._destroyed === true ? [] : origin,
    )
  }

  restore(): void {
    for (const spy of this.#spies) spy.mockRestore()
  }

  #noted<Timer>(timer: Timer): Timer {
    const origin = new Error().stack?.split('\n').find((line) => line.includes('/feeds/src/'))
    if (origin !== undefined) this.#live.set(timer, origin.trim())
    return timer
  }
}
