/** Lets one waiter sleep until a wake-up or a timeout. A wake-up without a waiter is kept for the next wait. */
export class Wake {
  #isAwake = false
  #resolve: (() => void) | undefined

  wake(): void {
    this.#isAwake = true
    this.#resolve?.()
  }

  async wait(timeoutMs: number): Promise<void> {
    if (!this.#isAwake) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        this.#resolve = resolve
        timer = setTimeout(resolve, timeoutMs)
      })
      clearTimeout(timer)
      this.#resolve = undefined
    }
    this.#isAwake = false
  }
}
