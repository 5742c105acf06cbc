import { setTimeout as sleep } from 'node:timers/promises'
import type { Struck } from './chaos-report.ts'
import { within, type ChaosStack } from './chaos-stack.ts'
import type { Fault } from './faults.ts'

/** A stack that has not traded after this time needs somebody. */
const PATIENCE_MS = 240_000
const POLL_MS = 500
/** What a fault does may show a moment later. */
const SETTLE_MS = 3000
const HOUR_MS = 3_600_000
/** `stale_data` is released by itself this often in an hour; then it latches. */
const MAX_RELEASES = 3
const RELEASED_BY_ITSELF = 'stale_data'
/** Switches that always wait for an operator. */
const ALWAYS_LATCHED = ['pnl', 'drawdown', 'psr', 'manual']

/** Strikes the stack and watches it recover. It remembers when `stale_data` was released by itself. */
export class Recovery {
  readonly #stack: ChaosStack
  readonly #releasesMs: number[] = []
  #wasStale = false

  constructor(stack: ChaosStack) {
    this.#stack = stack
  }

  /** Waits for the first fill. Throws when there is none in time. */
  async firstTrade(): Promise<void> {
    const fills = await within(PATIENCE_MS, async () => (await this.#stack.trading()).fills || undefined)
    if (fills === undefined) throw new Error(`Expected a fill within ${PATIENCE_MS / 1000} s of the start, was none`)
  }

  /** Strikes, waits until the stack trades again, and compares all sources. */
  async from(fault: Fault): Promise<Struck> {
    const problems: string[] = []
    await fault.strike(this.#stack).catch((error: unknown) => void problems.push(String(error)))
    const { secondsToTrading, latches, last } = await this.#tradesAgain()
    const alerts = await this.#stack.alerts()
    if (secondsToTrading === undefined) problems.push(`somebody is needed: ${last}`)
    const { code, lost, doubled, messages } = this.#stack.reconcile()
    if (code !== 0) problems.push(`reconcile ended with ${code}: ${messages}`)
    return { fault: fault.name, secondsToTrading, lost, doubled, alerts, latches, problems }
  }

  async #tradesAgain() {
    const startMs = performance.now()
    const latches: string[] = []
    await sleep(SETTLE_MS)
    let [before, last]: [number | undefined, string] = [undefined, 'no answer']
    while (performance.now() < startMs + PATIENCE_MS) {
      const trading = await this.#stack.trading()
      const { fills, state, switches } = trading
      if (fills !== undefined) {
        if (before !== undefined && fills > before && state === 'active')
          return { secondsToTrading: (performance.now() - startMs) / 1000, latches, last }
        before ??= fills
        last = `${state}, ${switches.join(' ') || 'no switch active'}, ${fills} fills`
        for (const name of this.#latched(switches)) {
          latches.push(name)
          this.#stack.cli('rearm', '--why', 'chaos: a latch that is explained')
        }
      }
      await sleep(POLL_MS)
    }
    return { secondsToTrading: undefined, latches, last }
  }

  /** Active switches that only an operator re-arms. */
  #latched(switches: readonly string[]): readonly string[] {
    const nowMs = performance.now()
    const isStale = switches.includes(RELEASED_BY_ITSELF)
    const recent = this.#releasesMs.filter((releasedMs) => releasedMs > nowMs - HOUR_MS).length
    const isUsedUp = recent >= MAX_RELEASES
    // One that was re-armed by command had been used up before.
    if (this.#wasStale && !isStale && !isUsedUp) this.#releasesMs.push(nowMs)
    this.#wasStale = isStale
    return switches.filter((name) => ALWAYS_LATCHED.includes(name) || (name === RELEASED_BY_ITSELF && isUsedUp))
  }
}
