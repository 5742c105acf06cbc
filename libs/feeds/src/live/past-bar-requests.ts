import { floorTime } from '@triplane/kernel'
import { timeframeUs } from '@triplane/market-data'
import type { Klines } from '@triplane/venues'
import { VenueRequests, type VenueRequestsOptions } from './venue-requests.ts'
import type { WantedBars } from './wanted-bars.ts'

export interface PastBarOptions extends Pick<
  VenueRequestsOptions,
  'limits' | 'budget' | 'timing' | 'clock' | 'random' | 'onNotice'
> {
  readonly wanted: readonly WantedBars[]
  readonly venueSymbols: readonly string[]
  /** Undefined when the venue keeps none. */
  readonly klines: Klines | undefined
  readonly restUrl: string
  /** Called with an answer and its URL. */
  readonly onAnswer: (bytes: Buffer, url: string) => void
}

/** One request, identified by a name. */
interface Asked extends WantedBars {
  readonly venueSymbol: string
  /** The URL of the newest request. */
  url: string
  failures: number
}

/** Number of failed attempts after which a request is given up. */
const MOST_TRIES = 4

/**
 * Requests past bars from a venue: all wanted bars before the first connection, and those of each length once more when the bar
 * in which that connection began is over, since the run's own bar of it is not whole.
 *
 * Invariants
 * 1. A request ends with an answer, or is given up, counted and reported.
 * 2. The first connection waits for answers no longer than `pastBarsWithinMs`.
 */
export class PastBarRequests {
  readonly #options: PastBarOptions
  readonly #requests: VenueRequests
  readonly #asked = new Map<string, Asked>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #onSettled: (() => void) | undefined
  #isConnected = false
  /** Number of answers. */
  answers = 0
  /** Number of requests given up. */
  givenUp = 0

  constructor(options: PastBarOptions) {
    const { limits, budget, timing, clock, random, onNotice } = options
    this.#options = options
    this.#requests = new VenueRequests({
      ...{ limits, budget, timing, clock, random, onNotice },
      requestOf: (name) => this.#requestOf(name),
      send: () => undefined,
      onAnswer: (name, bytes) => this.#onAnswer(name, bytes),
      onFailure: (name, detail, retryMs) => this.#onFailure(name, detail, retryMs),
    })
  }

  /** Number of failed attempts. */
  get failures(): number {
    return this.#requests.failures
  }

  /** Number of answers with status 429 or the like. */
  get rateLimits(): number {
    return this.#requests.rateLimits
  }

  /** Requests all wanted bars; `onSettled` is called once every request is answered or given up. */
  begin(onSettled: () => void): void {
    const { wanted, timing } = this.#options
    this.#onSettled = onSettled
    for (const one of wanted) this.#ask(one)
    if (this.#asked.size > 0) this.#after(timing.pastBarsWithinMs, () => this.#onLate())
    this.#settle()
  }

  /** A connection is open. The first one began within a bar of each length. */
  connected(): void {
    if (this.#isConnected) return
    this.#isConnected = true
    const { wanted, clock, timing } = this.#options
    const nowUs = clock.nowUs()
    for (const one of wanted) {
      const lengthUs = timeframeUs[one.timeframe]
      const endUs = floorTime(nowUs, lengthUs) + lengthUs
      this.#after((endUs - nowUs) / 1000 + timing.afterBarMs, () => this.#ask(one))
    }
  }

  /** Stops all requests. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.#requests.stop()
    this.#asked.clear()
    this.#onSettled = undefined
  }

  #ask(wanted: WantedBars): void {
    for (const venueSymbol of this.#options.venueSymbols) {
      const name = `${venueSymbol} ${wanted.timeframe}`
      this.#asked.set(name, { ...wanted, venueSymbol, url: '', failures: 0 })
      if (this.#options.klines) this.#requests.request(name)
      else this.#giveUp(name, 'Expected a venue that has bars of the time before')
    }
  }

  #requestOf(name: string) {
    const { klines, restUrl, clock } = this.#options
    const asked = this.#asked.get(name) as Asked
    const { venueSymbol, timeframe } = asked
    const { mostBars, request } = klines as Klines
    const bars = Math.min(asked.bars, mostBars)
    const made = request(restUrl, { venueSymbol, timeframe, bars, nowUs: clock.nowUs() })
    asked.url = made.url
    return made
  }

  #onAnswer(name: string, bytes: Buffer): void {
    const { url } = this.#asked.get(name) as Asked
    this.answers++
    this.#options.onAnswer(bytes, url)
    this.#asked.delete(name)
    this.#settle()
  }

  #onFailure(name: string, detail: string, retryMs?: number): void {
    const asked = this.#asked.get(name) as Asked
    asked.failures++
    if (retryMs === undefined || asked.failures >= MOST_TRIES) this.#giveUp(name, detail)
    else this.#say(asked, detail, retryMs)
  }

  #onLate(): void {
    const detail = `Expected an answer within ${this.#options.timing.pastBarsWithinMs} ms of the start`
    for (const name of [...this.#asked.keys()]) this.#giveUp(name, detail)
  }

  #giveUp(name: string, detail: string): void {
    const asked = this.#asked.get(name) as Asked
    this.#requests.giveUp(name)
    this.#asked.delete(name)
    this.givenUp++
    this.#say(asked, detail)
    this.#settle()
  }

  #say({ venueSymbol: symbol, timeframe }: Asked, detail: string, retryMs?: number): void {
    const { onNotice } = this.#options
    onNotice({ kind: 'past_bars_failed', symbol, timeframe, detail, ...(retryMs !== undefined && { retryMs }) })
  }

  #settle(): void {
    if (this.#asked.size > 0 || !this.#onSettled) return
    const onSettled = this.#onSettled
    this.#onSettled = undefined
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    onSettled()
  }

  #after(waitMs: number, act: () => void): void {
    const timer: NodeJS.Timeout = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, waitMs)
    this.#timers.add(timer)
  }
}
