import { dirname } from 'node:path'
import { Backoff, BatchQueue } from '@triplane/async'
import { hasBook, instrumentId, isTraded, type Instrument, type InstrumentId } from '@triplane/contracts'
import { invariant, type Clock } from '@triplane/kernel'
import type { FeedItem, FrameOrigin } from '@triplane/market-data'
import {
  venueById,
  type LiveProtocol,
  type RestRequest,
  type StreamRequest,
  type SubscriptionRefusal,
} from '@triplane/venues'
import { CaptureRecorder, type SyncFile } from '../capture/capture-recorder.ts'
import type { Feed } from '../feed.ts'
import type { DisconnectReason, FeedNotice, LiveFeedStats } from './feed-notice.ts'
import { defaultTiming, RENEWED_BEFORE_MS, type FeedTiming } from './feed-timing.ts'
import { PastBarRequests } from './past-bar-requests.ts'
import { StreamConnection, type ConnectionEnd } from './stream-connection.ts'
import { asOneLine } from './stream-frame.ts'
import { VenueRequests } from './venue-requests.ts'
import type { WantedBars } from './wanted-bars.ts'
import { WeightBudget } from './weight-budget.ts'

export interface LiveFeedOptions {
  /** Id of a venue that supports live data. */
  readonly venue: string
  /** The instruments of the run on this venue, at most as many as one connection supports. */
  readonly instruments: readonly Instrument[]
  readonly clock: Clock
  /** Label of metrics and events. Default: the venue's. */
  readonly source?: string
  /** URL of its streams, instead of the venue's own. */
  readonly wsUrl?: string
  /** Base of the REST paths, instead of the venue's own. */
  readonly restUrl?: string
  /** Folder to record into, or one new file; absent: no recording. */
  readonly recordTo?: string | { readonly file: string }
  /** Size at which a new file of the recording begins; default 256 MB. */
  readonly maxFileBytes?: number
  /** Syncs a file of the recording; default the machine's disk. */
  readonly syncFile?: SyncFile
  /** The run continues an earlier one: its state can no longer be trusted, so the first item is a Disconnect. */
  readonly resumed?: boolean
  /** Past bars to request from the venue, for each traded instrument; default none. */
  readonly pastBars?: readonly WantedBars[] | undefined
  readonly onNotice: (notice: FeedNotice) => void
  readonly timing?: Partial<FeedTiming>
  /** How much may wait to be taken before the connection is dropped; default 100,000 items, 64 MB. */
  readonly maxWaitingItems?: number
  readonly maxWaitingBytes?: number
  /** Numbers in [0, 1), for the waits. */
  readonly random?: () => number
}

/** A venue's live data. */
export interface LiveFeed extends Feed {
  readonly origin: FrameOrigin
  /**
   * Requests a fresh snapshot of an instrument's book, after the core's `book_invalid`. Does nothing while one is on its way,
   * or without a connection, which brings one by itself. May be called any number of times.
   */
  requestSnapshot(instrument: InstrumentId): void
  /** Requests the venue's list of its instruments, after the core's `steps_unknown`. Otherwise as above. */
  requestInstrumentList(): void
  stats(): LiveFeedStats
}

/**
 * Creates the live feed of a venue: trades and quotes of every instrument, and the books of those that have one, over one
 * connection; by REST, as separate frames, the venue's list of its instruments at every connect, and snapshots of books when
 * the connection brings none. It connects when `batches` is called, after any requested past bars have arrived, and reconnects
 * whenever necessary. Throws RecordingError when it cannot record.
 */
export function createLiveFeed(options: LiveFeedOptions): LiveFeed {
  return new VenueFeed(options)
}

/** The request name of the list of instruments; no symbol has it. */
const LIST = '*'
/** The longest delay of a timer. */
const MAX_WAIT_MS = 2 ** 31 - 1

/**
 * Invariants
 * 1. Frames lie between a Connect and a Disconnect, in the order of receipt; times never fall.
 * 2. Everything received is handed over. When it is not taken in time the connection ends, visibly; nothing is left out of
 *    the middle of one.
 * 3. Items are recorded before they are handed over.
 * 4. There is at most one connection, and at most one about to replace it.
 */
class VenueFeed implements LiveFeed {
  readonly #live: LiveProtocol
  readonly origin: FrameOrigin
  readonly #clock: Clock
  readonly #timing: FeedTiming
  readonly #onNotice: (notice: FeedNotice) => void
  readonly #url: string
  /** Venue symbol of each instrument. */
  readonly #venueSymbols: ReadonlyMap<string, string>
  /** Venue symbols of the instruments with books. */
  readonly #bookSymbols: readonly string[]
  /** Items received but not yet taken. */
  readonly #queue: BatchQueue<FeedItem>
  readonly #backoff: Backoff
  readonly #requests: VenueRequests
  readonly #pastBars: PastBarRequests
  /** Answers with past bars that wait for a connection. */
  readonly #pastAnswers: { readonly bytes: Buffer; readonly url: string }[] = []
  /** How to request a snapshot of a venue symbol. */
  readonly #snapshotOf: (venueSymbol: string) => RestRequest | StreamRequest
  readonly #random: () => number
  readonly #isResumed: boolean
  #recorder: CaptureRecorder | undefined
  #isStarted = false
  #isClosed = false
  /** The connection that frames come from, and its start. */
  #current: StreamConnection | undefined
  #connectedUs = 0
  /** The connection being opened. */
  #opening: StreamConnection | undefined
  /** Why the connection being opened replaces the current one. */
  #renewal: DisconnectReason = 'planned'
  #retryTimer: NodeJS.Timeout | undefined
  #ageTimer: NodeJS.Timeout | undefined
  #depthTimer: NodeJS.Timeout | undefined
  /** Venue symbols whose book stream has not begun since it was subscribed to, by the stream's name. */
  readonly #quietBooks = new Map<string, string>()
  /** After a slow consumer: reconnects only once everything is taken. */
  #waitsForConsumer = false
  #lastUs = 0
  #frames = 0
  #bytes = 0
  #connects = 0
  #connectFailures = 0
  #snapshotCount = 0
  #listCount = 0
  readonly #disconnects: Record<DisconnectReason, number> = {
    closed: 0,
    error: 0,
    stalled: 0,
    planned: 0,
    server_shutdown: 0,
    slow_consumer: 0,
    restart: 0,
  }

  constructor(options: LiveFeedOptions) {
    const { venue, instruments, clock, recordTo, onNotice, random = Math.random, pastBars = [] } = options
    const { live, klines } = venueById(venue) ?? {}
    invariant(live !== undefined, 'the venue can be gone live at', venue)
    const strangers = instruments.filter((instrument) => instrument.venue !== venue)
    invariant(strangers.length === 0, `instruments are of ${venue}`, strangers.map(({ symbol }) => symbol).join(', '))
    const { source = live.source, wsUrl = live.wsUrl, restUrl = live.restUrl } = options
    this.origin = { source, venue }
    this.#live = live
    this.#clock = clock
    const maxAgeMs = (live.limits.maxAgeMs ?? Infinity) - RENEWED_BEFORE_MS
    this.#timing = { ...defaultTiming, maxAgeMs, ...options.timing }
    this.#onNotice = onNotice
    this.#random = random
    this.#isResumed = options.resumed ?? false
    this.#venueSymbols = new Map(instruments.map((instrument) => [instrumentId(instrument), instrument.venueSymbol]))
    this.#bookSymbols = instruments.filter(hasBook).map(({ venueSymbol }) => venueSymbol)
    this.#url = live.streamsUrl(wsUrl, [...this.#venueSymbols.values()], this.#bookSymbols)
    this.#queue = new BatchQueue<FeedItem>({
      maxItems: options.maxWaitingItems ?? 100_000,
      maxWeight: options.maxWaitingBytes ?? 64 * 1024 * 1024,
      weightOf: (item) => (item.type === 'frame' ? item.end - item.start : 0),
    })
    const { firstRetryMs: firstMs, longestRetryMs: longestMs } = this.#timing
    this.#backoff = new Backoff({ firstMs, longestMs, random })
    const list = live.instrumentList(restUrl, [...this.#venueSymbols.values()])
    const snapshotOrigins = new Map(
      instruments.map(({ venueSymbol }) => [venueSymbol, { ...this.origin, snapshotSymbol: venueSymbol }]),
    )
    const listOrigin: FrameOrigin = { ...this.origin, isInstrumentList: true }
    this.#snapshotOf = (venueSymbol) => live.snapshot(restUrl, venueSymbol)
    const budget = new WeightBudget(live.limits.weightPerMinute, clock)
    const asking = { limits: live.limits, budget, timing: this.#timing, clock, random, onNotice }
    this.#pastBars = new PastBarRequests({
      ...{ ...asking, klines, restUrl, wanted: pastBars },
      venueSymbols: instruments.filter(isTraded).map(({ venueSymbol }) => venueSymbol),
      onAnswer: (bytes, url) => {
        this.#pastAnswers.push({ bytes, url })
        if (this.#current) this.#addPastBars()
      },
    })
    this.#requests = new VenueRequests({
      ...asking,
      requestOf: (name) => (name === LIST ? list : this.#snapshotOf(name)),
      send: (messages) => this.#current?.send(messages),
      onAnswer: (name, bytes) => {
        if (name === LIST) this.#listCount++
        else this.#snapshotCount++
        this.#addFrame(bytes, name === LIST ? listOrigin : (snapshotOrigins.get(name) as FrameOrigin))
      },
      onFailure: (name, detail, retryMs) => {
        const what = { detail, ...(retryMs !== undefined && { retryMs }) }
        onNotice(name === LIST ? { kind: 'list_failed', ...what } : { kind: 'snapshot_failed', symbol: name, ...what })
      },
    })
    if (recordTo !== undefined) {
      const file = typeof recordTo === 'string' ? undefined : recordTo.file
      const folder = typeof recordTo === 'string' ? recordTo : dirname(recordTo.file)
      this.#recorder = new CaptureRecorder({
        ...{ folder, file },
        feed: { source, venue, symbols: instruments.map(({ symbol }) => symbol) },
        maxFileBytes: options.maxFileBytes ?? 256 * 1024 * 1024,
        sync: options.syncFile,
        streamUrl: this.#url,
        snapshotUrl: (venueSymbol) => urlOf(this.#snapshotOf(venueSymbol)),
        listUrl: list.url,
      })
    }
  }

  async *batches(): AsyncGenerator<readonly FeedItem[]> {
    invariant(!this.#isStarted, 'batches is called once')
    this.#isStarted = true
    if (this.#isResumed) this.#pushDisconnect('restart', 'the process was started again')
    this.#pastBars.begin(() => this.#connect())
    let reachedUs = 0
    try {
      for (;;) {
        const items = await this.#queue.take(this.#isClosed ? 0 : this.#timing.silenceMs)
        await this.#record(items)
        reachedUs = Math.max(reachedUs, items.at(-1)?.tsRecvUs ?? 0)
        if (items.length > 0) yield items
        else if (this.#isClosed) {
          return
        } else {
          if (this.#waitsForConsumer) this.#onDrained()
          // Before the first item there is no market time that could pass.
          if (this.#lastUs === 0) continue
          reachedUs = this.#nowUs()
          yield [{ type: 'time', tsRecvUs: reachedUs }]
        }
      }
    } finally {
      await this.close()
      await this.#endRecording(reachedUs)
    }
  }

  requestSnapshot(instrument: InstrumentId): void {
    const venueSymbol = this.#venueSymbols.get(instrument)
    invariant(venueSymbol !== undefined, 'the instrument is one of the feed', instrument)
    // A book whose stream has not begun gets its snapshot, or the request for it, when it begins.
    if (this.#current && !this.#quietBooks.has(this.#live.streamName(venueSymbol))) this.#requestSnapshot(venueSymbol)
  }

  requestInstrumentList(): void {
    if (this.#current) this.#requests.request(LIST)
  }

  stats(): LiveFeedStats {
    return {
      isConnected: this.#current !== undefined,
      isRecording: this.#recorder !== undefined,
      frames: this.#frames,
      bytes: this.#bytes,
      connects: this.#connects,
      connectFailures: this.#connectFailures,
      disconnects: { ...this.#disconnects },
      snapshots: this.#snapshotCount,
      lists: this.#listCount,
      pastBars: this.#pastBars.answers,
      pastBarsGivenUp: this.#pastBars.givenUp,
      requestFailures: this.#requests.failures + this.#pastBars.failures,
      rateLimits: this.#requests.rateLimits + this.#pastBars.rateLimits,
      waitingItems: this.#queue.size,
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#pastBars.stop()
    this.#abandonTry()
    this.#leave()
    this.#queue.wake()
  }

  #connect(): void {
    if (this.#opening || this.#isClosed) return
    clearTimeout(this.#retryTimer)
    this.#retryTimer = undefined
    const connection: StreamConnection = new StreamConnection(this.#url, this.#timing, this.#live, {
      onOpen: () => this.#onOpen(connection),
      onMessage: (bytes) => this.#onMessage(bytes),
      onEnd: (end) => this.#onEnd(connection, end),
    })
    this.#opening = connection
  }

  /** Opens a connection to replace the current one, which continues until then. */
  #renew(reason: DisconnectReason): void {
    this.#renewal = reason
    this.#connectLater()
  }

  #onOpen(connection: StreamConnection): void {
    if (this.#current) this.#disconnect(this.#renewal, 'replaced')
    this.#opening = undefined
    this.#current = connection
    this.#connectedUs = this.#clock.monotonicUs()
    this.#connects++
    this.#queue.push({ type: 'connect', origin: this.origin, tsRecvUs: this.#nowUs() })
    this.#addPastBars()
    this.#pastBars.connected()
    this.#onNotice({ kind: 'connected', url: this.#url })
    this.#requests.forgive()
    this.#requests.request(LIST)
    const venueSymbols = [...this.#venueSymbols.values()]
    for (const venueSymbol of this.#bookSymbols) this.#quietBooks.set(this.#live.streamName(venueSymbol), venueSymbol)
    if (this.#live.subscribe) connection.send(this.#live.subscribe(venueSymbols, this.#bookSymbols))
    const { maxAgeMs, depthWithinMs } = this.#timing
    this.#depthTimer = setTimeout(() => this.#onDepthLate(), depthWithinMs)
    // Spread, so that not all feeds of one operator reconnect in the same second.
    const ageMs = maxAgeMs * (1 - 0.01 * this.#random())
    if (ageMs < MAX_WAIT_MS) this.#ageTimer = setTimeout(() => this.#renew('planned'), ageMs)
  }

  #onMessage(bytes: Buffer): void {
    if (this.#live.isGoodbye(bytes)) return this.#renew('server_shutdown')
    if (this.#queue.isFull) return this.#onFull()
    this.#addFrame(bytes, this.origin)
    if (this.#quietBooks.size > 0) this.#noteBook(bytes)
    const refusal = this.#live.refusalOf?.(bytes)
    if (refusal) this.#onRefusal(refusal)
  }

  #addPastBars(): void {
    for (const { bytes, url } of this.#pastAnswers.splice(0))
      this.#addFrame(bytes, { ...this.origin, pastBarsUrl: url })
  }

  #addFrame(message: Buffer, origin: FrameOrigin): void {
    const bytes = asOneLine(message)
    this.#frames++
    this.#bytes += bytes.length
    this.#queue.push({ type: 'frame', origin, bytes, start: 0, end: bytes.length, tsRecvUs: this.#nowUs() })
  }

  /** A REST snapshot that is older than the first delta is useless, so it is requested once the deltas have begun. */
  #noteBook(bytes: Buffer): void {
    const stream = this.#live.bookStreamOf(bytes)
    const venueSymbol = stream === undefined ? undefined : this.#quietBooks.get(stream)
    if (stream === undefined || venueSymbol === undefined) return
    this.#quietBooks.delete(stream)
    if ('url' in this.#snapshotOf(venueSymbol)) return this.#requests.request(venueSymbol)
    this.#snapshotCount++
    this.#requests.answered(venueSymbol)
  }

  /** These books do not move, so a current snapshot will do; or their streams have not brought one. */
  #onDepthLate(): void {
    const late = [...this.#quietBooks.values()]
    this.#quietBooks.clear()
    for (const venueSymbol of late) this.#requestSnapshot(venueSymbol)
  }

  /** Requests a snapshot; if it comes by the stream, this restarts the stream. */
  #requestSnapshot(venueSymbol: string): void {
    if ('messages' in this.#snapshotOf(venueSymbol))
      this.#quietBooks.set(this.#live.streamName(venueSymbol), venueSymbol)
    this.#requests.request(venueSymbol)
  }

  #onRefusal({ stream, detail }: SubscriptionRefusal): void {
    const symbol = [...this.#venueSymbols.values()].find((one) => this.#live.streamName(one) === stream)
    this.#onNotice({ kind: 'subscription_refused', ...(symbol !== undefined && { symbol }), detail })
  }

  #onEnd(connection: StreamConnection, end: ConnectionEnd): void {
    if (connection === this.#opening) {
      this.#opening = undefined
      this.#connectFailures++
      const retryMs = this.#connectLater(end.waitMs)
      this.#onNotice({ kind: 'connect_failed', detail: end.detail, retryMs })
    } else {
      this.#disconnect(end.reason, end.detail)
    }
  }

  /** Ends the current connection with a Disconnect; opens another one unless that is under way. */
  #disconnect(reason: DisconnectReason, detail: string): void {
    const livedMs = (this.#clock.monotonicUs() - this.#connectedUs) / 1000
    if (livedMs >= this.#timing.stableAfterMs) this.#backoff.reset()
    this.#leave()
    this.#pushDisconnect(reason, detail)
    if (!this.#waitsForConsumer) this.#connectLater()
  }

  #pushDisconnect(reason: DisconnectReason, detail: string): void {
    this.#disconnects[reason]++
    this.#queue.push({ type: 'disconnect', origin: this.origin, tsRecvUs: this.#nowUs(), reason })
    this.#onNotice({ kind: 'disconnected', reason, detail })
  }

  #abandonTry(): void {
    clearTimeout(this.#retryTimer)
    this.#retryTimer = undefined
    this.#opening?.cut()
    this.#opening = undefined
  }

  /** Releases the current connection and everything that belongs to it. */
  #leave(): void {
    clearTimeout(this.#ageTimer)
    clearTimeout(this.#depthTimer)
    this.#quietBooks.clear()
    this.#requests.stop()
    this.#current?.cut()
    this.#current = undefined
  }

  /** Opens a connection after a wait, unless one is under way or scheduled. Returns the wait, milliseconds. */
  #connectLater(atLeastMs = 0): number {
    if (this.#opening || this.#retryTimer) return 0
    const retryMs = Math.max(this.#backoff.next(), atLeastMs)
    this.#retryTimer = setTimeout(() => this.#connect(), retryMs)
    return retryMs
  }

  #onFull(): void {
    this.#waitsForConsumer = true
    this.#abandonTry()
    this.#disconnect('slow_consumer', `${this.#queue.size} items wait to be taken`)
  }

  #onDrained(): void {
    this.#waitsForConsumer = false
    this.#connectLater()
  }

  /** Records the end of the feed. Throws RecordingError when recorded items may not be on the disk. */
  async #endRecording(reachedUs: number): Promise<void> {
    try {
      this.#recorder?.end(reachedUs)
    } catch (error) {
      this.#onNotice({ kind: 'recording_failed', detail: (error as Error).message })
    }
    await this.#recorder?.close()
  }

  /** A full disk ends the recording only. A disk that may have lost items ends the feed: throws RecordingError. */
  async #record(items: readonly FeedItem[]): Promise<void> {
    try {
      this.#recorder?.write(items)
    } catch (error) {
      await this.#recorder?.close()
      this.#recorder = undefined
      this.#onNotice({ kind: 'recording_failed', detail: (error as Error).message })
    }
  }

  #nowUs(): number {
    this.#lastUs = Math.max(this.#lastUs, this.#clock.nowUs())
    return this.#lastUs
  }
}

const urlOf = (request: RestRequest | StreamRequest) => ('url' in request ? request.url : undefined)
