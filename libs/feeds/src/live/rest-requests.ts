import { Backoff } from '@triplane/async'
import type { Clock } from '@triplane/kernel'
import type { LiveProtocol, RestRequest } from '@triplane/venues'
import type { FeedNotice } from './feed-notice.ts'
import type { FeedTiming } from './feed-timing.ts'
import { WeightBudget } from './weight-budget.ts'

export interface RestRequestsOptions {
  /** Where what has this name is, and what it costs of the weight that an address may use. */
  readonly requestOf: (name: string) => RestRequest
  readonly limits: LiveProtocol['limits']
  readonly timing: FeedTiming
  readonly clock: Clock
  readonly random: () => number
  readonly onAnswer: (name: string, bytes: Buffer) => void
  /** The next try comes after `retryMs`; none does when it is absent. */
  readonly onFailure: (name: string, detail: string, retryMs?: number) => void
  readonly onNotice: (notice: FeedNotice) => void
}

/** One request: waiting for its turn, or under way. */
interface Request {
  timer?: NodeJS.Timeout
  readonly abort: AbortController
}

/** What is remembered of a name between its requests. */
interface History {
  readonly backoff: Backoff
  lastUs: number
}

/** Requests of a name that follow each other faster than this wait longer and longer. */
const QUIET_US = 60_000_000
const MAX_WAIT_MS = 2 ** 31 - 1

/**
 * Fetches by REST what has names: the snapshot of a book, the list of instruments.
 *
 * Invariants
 * 1. A name has at most one request, waiting or under way; another one meanwhile is the same one.
 * 2. Nothing is sent without weight for it, while the venue wants nothing to be sent, or after `stop`.
 * 3. A request ends with an answer, with `stop`, or with a refusal that trying again cannot change.
 */
export class RestRequests {
  readonly #options: RestRequestsOptions
  readonly #budget: WeightBudget
  readonly #requests = new Map<string, Request>()
  readonly #histories = new Map<string, History>()
  failures = 0
  rateLimits = 0

  constructor(options: RestRequestsOptions) {
    this.#options = options
    this.#budget = new WeightBudget(options.limits.weightPerMinute, options.clock)
  }

  /** Asks for what has the name; at once, or later when the last one was asked for just before. */
  request(name: string): void {
    if (this.#requests.has(name)) return
    const history = this.#historyOf(name)
    const isQuiet = this.#options.clock.monotonicUs() - history.lastUs > QUIET_US
    if (isQuiet) history.backoff.reset()
    this.#requests.set(name, { abort: new AbortController() })
    this.#sendAfter(name, isQuiet ? 0 : history.backoff.next())
  }

  /** Forgets all requests: what would come belongs to a connection that is gone. */
  stop(): void {
    for (const { timer, abort } of this.#requests.values()) {
      clearTimeout(timer)
      abort.abort()
    }
    this.#requests.clear()
  }

  /** The next request of each name goes at once: a new connection needs all of them. */
  forgive(): void {
    for (const history of this.#histories.values()) history.lastUs = -Infinity
  }

  #sendAfter(name: string, waitMs: number): void {
    const request = this.#requests.get(name)
    if (request) request.timer = setTimeout(() => this.#send(name, request), Math.min(waitMs, MAX_WAIT_MS))
  }

  #send(name: string, request: Request): void {
    const waitMs = this.#budget.take(this.#options.requestOf(name).weight)
    if (waitMs > 0) return this.#sendAfter(name, waitMs + this.#jitterMs())
    this.#historyOf(name).lastUs = this.#options.clock.monotonicUs()
    void this.#fetch(name, request.abort)
  }

  async #fetch(name: string, abort: AbortController): Promise<void> {
    const { requestOf, timing } = this.#options
    let isLate = false
    const deadline = setTimeout(() => {
      isLate = true
      abort.abort()
    }, timing.answerMs)
    try {
      const response = await fetch(requestOf(name).url, { signal: abort.signal, redirect: 'error' })
      const bytes = Buffer.from(await response.arrayBuffer())
      clearTimeout(deadline)
      if (!abort.signal.aborted) this.#answered(name, response, bytes)
    } catch (error) {
      clearTimeout(deadline)
      // Stopped: what comes of it concerns nobody any more.
      if (abort.signal.aborted && !isLate) return
      this.#retry(name, isLate ? `Expected an answer within ${timing.answerMs} ms` : explain(error))
    }
  }

  #answered(name: string, { status, headers }: Response, bytes: Buffer): void {
    const { limits, onNotice, onAnswer, onFailure } = this.#options
    const used = Number(headers.get(limits.usedWeightHeader))
    if (used > 0) this.#budget.learn(used)
    if (status === 200) {
      this.#requests.delete(name)
      return onAnswer(name, bytes)
    }
    const holdMs = limits.refusalWaitMs(status, headers.get('retry-after') ?? undefined)
    if (holdMs !== undefined) {
      this.rateLimits++
      this.#budget.hold(holdMs)
      onNotice({ kind: 'rate_limited', status, retryMs: holdMs })
      return this.#sendAfter(name, holdMs + this.#jitterMs())
    }
    const detail = `Expected status 200, was ${status}: ${bytes.toString('latin1', 0, 200)}`
    if (status >= 500) return this.#retry(name, detail)
    this.failures++
    this.#requests.delete(name)
    onFailure(name, detail)
  }

  #retry(name: string, detail: string): void {
    const retryMs = this.#historyOf(name).backoff.next()
    this.failures++
    this.#requests.set(name, { abort: new AbortController() })
    this.#sendAfter(name, retryMs)
    this.#options.onFailure(name, detail, retryMs)
  }

  #historyOf(name: string): History {
    let history = this.#histories.get(name)
    if (!history) {
      const { timing, random } = this.#options
      const limits = { firstMs: timing.firstRetryMs, longestMs: timing.longestRetryMs, random }
      history = { backoff: new Backoff(limits), lastUs: -Infinity }
      this.#histories.set(name, history)
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
