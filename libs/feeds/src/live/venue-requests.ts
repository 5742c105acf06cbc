import { Backoff } from '@triplane/async'
import type { Clock } from '@triplane/kernel'
import type { LiveProtocol, RestRequest, StreamRequest } from '@triplane/venues'
import type { FeedNotice } from './feed-notice.ts'
import type { FeedTiming } from './feed-timing.ts'
import type { WeightBudget } from './weight-budget.ts'

export interface VenueRequestsOptions {
  /** The request for a name. */
  readonly requestOf: (name: string) => RestRequest | StreamRequest
  readonly limits: LiveProtocol['limits']
  /** The rest of the venue's limit; all that query the venue share one. */
  readonly budget: WeightBudget
  readonly timing: FeedTiming
  readonly clock: Clock
  readonly random: () => number
  /** Sends messages on the connection. */
  readonly send: (messages: readonly string[]) => void
  /** Called with a REST answer. */
  readonly onAnswer: (name: string, bytes: Buffer) => void
  /** Called after a failure; the next attempt follows after `retryMs`, none when it is absent. */
  readonly onFailure: (name: string, detail: string, retryMs?: number) => void
  readonly onNotice: (notice: FeedNotice) => void
}

/** One request: waiting for its turn, or under way. */
interface Request {
  /** Its turn, or the deadline of its answer by the stream. */
  timer?: NodeJS.Timeout
  readonly abort: AbortController
}

/** The history of a name between its requests. */
interface History {
  readonly backoff: Backoff
  lastUs: number
}

/** Requests of a name that follow each other faster than this wait longer and longer. */
const QUIET_US = 60_000_000
const MAX_WAIT_MS = 2 ** 31 - 1

/**
 * Sends a venue requests that are identified by names, by REST or by messages on the connection: for the snapshot of a book,
 * the list of instruments, past bars.
 *
 * Invariants
 * 1. A name has at most one request, waiting or under way; another one meanwhile joins it.
 * 2. Nothing is sent without weight for it, while the venue refuses requests, or after `stop`.
 * 3. A request ends with an answer, with `stop` or `giveUp`, or with a permanent refusal. One that the stream answers is
 *    repeated until `answered` is called.
 */
export class VenueRequests {
  readonly #options: VenueRequestsOptions
  readonly #requests = new Map<string, Request>()
  readonly #histories = new Map<string, History>()
  failures = 0
  rateLimits = 0

  constructor(options: VenueRequestsOptions) {
    this.#options = options
  }

  /** Sends the request of a name; at once, or later when the previous one was sent shortly before. */
  request(name: string): void {
    if (this.#requests.has(name)) return
    const history = this.#historyOf(name)
    const isQuiet = this.#options.clock.monotonicUs() - history.lastUs > QUIET_US
    if (isQuiet) history.backoff.reset()
    this.#requests.set(name, { abort: new AbortController() })
    this.#sendAfter(name, isQuiet ? 0 : history.backoff.next())
  }

  /** The stream has answered the request of a name. */
  answered(name: string): void {
    clearTimeout(this.#requests.get(name)?.timer)
    this.#requests.delete(name)
  }

  /** Gives up the request of a name. */
  giveUp(name: string): void {
    const request = this.#requests.get(name)
    clearTimeout(request?.timer)
    request?.abort.abort()
    this.#requests.delete(name)
  }

  /** Forgets all requests: their answers would belong to a lost connection. */
  stop(): void {
    for (const { timer, abort } of this.#requests.values()) {
      clearTimeout(timer)
      abort.abort()
    }
    this.#requests.clear()
  }

  /** Lets the next request of each name go at once: a new connection needs all of them. */
  forgive(): void {
    for (const history of this.#histories.values()) history.lastUs = -Infinity
  }

  #sendAfter(name: string, waitMs: number): void {
    const request = this.#requests.get(name)
    if (request) request.timer = setTimeout(() => this.#send(name, request), Math.min(waitMs, MAX_WAIT_MS))
  }

  #send(name: string, request: Request): void {
    const { requestOf, send, clock, timing, budget } = this.#options
    const asked = requestOf(name)
    const waitMs = 'url' in asked ? budget.take(asked.weight) : 0
    if (waitMs > 0) return this.#sendAfter(name, waitMs + this.#jitterMs())
    this.#historyOf(name).lastUs = clock.monotonicUs()
    if ('url' in asked) return void this.#fetch(name, asked.url, request.abort)
    request.timer = setTimeout(() => this.#retry(name, noAnswer(timing)), timing.answerMs)
    send(asked.messages)
  }

  async #fetch(name: string, url: string, abort: AbortController): Promise<void> {
    const { timing } = this.#options
    let isLate = false
    const deadline = setTimeout(() => {
      isLate = true
      abort.abort()
    }, timing.answerMs)
    try {
      const response = await fetch(url, { signal: abort.signal, redirect: 'error' })
      const bytes = Buffer.from(await response.arrayBuffer())
      clearTimeout(deadline)
      if (!abort.signal.aborted) this.#answered(name, response, bytes)
    } catch (error) {
      clearTimeout(deadline)
      // Stopped: the outcome no longer matters.
      if (abort.signal.aborted && !isLate) return
      this.#retry(name, isLate ? noAnswer(timing) : explain(error))
    }
  }

  #answered(name: string, { status, headers }: Response, bytes: Buffer): void {
    const { limits, budget, onNotice, onAnswer, onFailure } = this.#options
    const used = limits.usedWeightHeader === undefined ? 0 : Number(headers.get(limits.usedWeightHeader))
    if (used > 0) budget.learn(used)
    if (status === 200) {
      this.#requests.delete(name)
      return onAnswer(name, bytes)
    }
    const holdMs = limits.refusalWaitMs(status, headers.get('retry-after') ?? undefined)
    if (holdMs !== undefined) {
      this.rateLimits++
      budget.hold(holdMs)
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

const noAnswer = ({ answerMs }: FeedTiming) => `Expected an answer within ${answerMs} ms`

function explain(error: unknown): string {
  const { message, cause } = error as Error
  return cause instanceof Error ? `${message}: ${cause.message}` : message
}
