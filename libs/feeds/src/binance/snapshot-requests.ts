import type { Clock } from '@triplane/kernel'
import { Backoff } from './backoff.ts'
import type { FeedNotice } from './feed-notice.ts'
import type { FeedTiming } from './feed-timing.ts'
import { WeightBudget } from './weight-budget.ts'
import { refusalWaitMs } from './retry-after.ts'

export interface SnapshotRequestsOptions {
  readonly urlOf: (venueSymbol: string) => string
  readonly weight: number
  readonly weightPerMinute: number
  readonly timing: FeedTiming
  readonly clock: Clock
  readonly random: () => number
  readonly onSnapshot: (venueSymbol: string, bytes: Buffer) => void
  readonly onNotice: (notice: FeedNotice) => void
}

/** One symbol's request: waiting for its turn, or under way. */
interface Request {
  timer?: NodeJS.Timeout
  readonly abort: AbortController
}

/** What is remembered of a symbol between its requests. */
interface History {
  readonly backoff: Backoff
  lastUs: number
}

/** Requests of a symbol that follow each other faster than this wait longer and longer. */
const QUIET_US = 60_000_000
const MAX_WAIT_MS = 2 ** 31 - 1

/**
 * Fetches REST snapshots.
 *
 * Invariants
 * 1. A symbol has at most one request, waiting or under way; another one meanwhile is the same one.
 * 2. Nothing is sent without weight for it, while the venue wants nothing to be sent, or after `stop`.
 * 3. A request ends with a snapshot, with `stop`, or with a refusal that trying again cannot change.
 */
export class SnapshotRequests {
  readonly #options: SnapshotRequestsOptions
  readonly #budget: WeightBudget
  readonly #requests = new Map<string, Request>()
  readonly #histories = new Map<string, History>()
  failures = 0
  rateLimits = 0

  constructor(options: SnapshotRequestsOptions) {
    this.#options = options
    this.#budget = new WeightBudget(options.weightPerMinute, options.clock)
  }

  /** Asks for a snapshot of the venue symbol; at once, or later when the last one was asked for just before. */
  request(venueSymbol: string): void {
    if (this.#requests.has(venueSymbol)) return
    const history = this.#historyOf(venueSymbol)
    const isQuiet = this.#options.clock.monotonicUs() - history.lastUs > QUIET_US
    if (isQuiet) history.backoff.reset()
    this.#requests.set(venueSymbol, { abort: new AbortController() })
    this.#sendAfter(venueSymbol, isQuiet ? 0 : history.backoff.next())
  }

  /** Forgets all requests: what would come belongs to a connection that is gone. */
  stop(): void {
    for (const { timer, abort } of this.#requests.values()) {
      clearTimeout(timer)
      abort.abort()
    }
    this.#requests.clear()
  }

  /** The next request of each symbol goes at once: a new connection needs its snapshots. */
  forgive(): void {
    for (const history of this.#histories.values()) history.lastUs = -Infinity
  }

  #sendAfter(venueSymbol: string, waitMs: number): void {
    const request = this.#requests.get(venueSymbol)
    if (request) request.timer = setTimeout(() => this.#send(venueSymbol, request), Math.min(waitMs, MAX_WAIT_MS))
  }

  #send(venueSymbol: string, request: Request): void {
    const waitMs = this.#budget.take(this.#options.weight)
    if (waitMs > 0) return this.#sendAfter(venueSymbol, waitMs + this.#jitterMs())
    this.#historyOf(venueSymbol).lastUs = this.#options.clock.monotonicUs()
    void this.#fetch(venueSymbol, request.abort)
  }

  async #fetch(venueSymbol: string, abort: AbortController): Promise<void> {
    const { urlOf, timing } = this.#options
    let isLate = false
    const deadline = setTimeout(() => {
      isLate = true
      abort.abort()
    }, timing.answerMs)
    try {
      const response = await fetch(urlOf(venueSymbol), { signal: abort.signal, redirect: 'error' })
      const bytes = Buffer.from(await response.arrayBuffer())
      clearTimeout(deadline)
      if (!abort.signal.aborted) this.#answered(venueSymbol, response, bytes)
    } catch (error) {
      clearTimeout(deadline)
      // Stopped: what comes of it concerns nobody any more.
      if (abort.signal.aborted && !isLate) return
      this.#retry(venueSymbol, isLate ? `Expected an answer within ${timing.answerMs} ms` : explain(error))
    }
  }

  #answered(venueSymbol: string, { status, headers }: Response, bytes: Buffer): void {
    const { onNotice, onSnapshot } = this.#options
    const used = Number(headers.get('x-mbx-used-weight-1m'))
    if (used > 0) this.#budget.learn(used)
    if (status === 200) {
      this.#requests.delete(venueSymbol)
      return onSnapshot(venueSymbol, bytes)
    }
    const holdMs = refusalWaitMs(status, headers.get('retry-after') ?? undefined)
    if (holdMs !== undefined) {
      this.rateLimits++
      this.#budget.hold(holdMs)
      onNotice({ kind: 'rate_limited', status, retryMs: holdMs })
      return this.#sendAfter(venueSymbol, holdMs + this.#jitterMs())
    }
    const detail = `Expected status 200, was ${status}: ${bytes.toString('latin1', 0, 200)}`
    if (status >= 500) return this.#retry(venueSymbol, detail)
    this.failures++
    this.#requests.delete(venueSymbol)
    onNotice({ kind: 'snapshot_failed', symbol: venueSymbol, detail })
  }

  #retry(venueSymbol: string, detail: string): void {
    const retryMs = this.#historyOf(venueSymbol).backoff.next()
    this.failures++
    this.#requests.set(venueSymbol, { abort: new AbortController() })
    this.#sendAfter(venueSymbol, retryMs)
    this.#options.onNotice({ kind: 'snapshot_failed', symbol: venueSymbol, detail, retryMs })
  }

  #historyOf(venueSymbol: string): History {
    let history = this.#histories.get(venueSymbol)
    if (!history) {
      const { timing, random } = this.#options
      history = { backoff: new Backoff(timing.firstRetryMs, timing.longestRetryMs, random), lastUs: -Infinity }
      this.#histories.set(venueSymbol, history)
    }
    return history
  }

  #jitterMs(): number {
    return this.#options.random() * this.#options.timing.firstRetryMs
  }
}

function explain(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error ? `${message}: ${cause.message}` : message
}
