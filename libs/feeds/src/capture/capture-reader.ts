import type { BadLine, FeedItem, FrameOrigin } from '@triplane/market-data'
import { isInstrumentListUrl, isPastBarsUrl } from '@triplane/venues'
import type { ReaderEnd } from '../disconnect-reasons.ts'
import { emptyCaptureLine, readCaptureLine, type CaptureLine } from './capture-line.ts'
import { LineSplitter } from './line-splitter.ts'
import { ReceiveTimes } from './receive-times.ts'

/** A line that waits for the next one. */
interface HeldLine {
  readonly line: Readonly<CaptureLine>
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
}

/** The parameters of a capture reader. */
export interface CaptureReaderOptions {
  readonly origin: FrameOrigin
  /** Time of the connect, and of lines before the first trusted time. */
  readonly startUs: number
  /** Time without a line that makes a hole, unless all sessions are closed; Infinity: the file has no holes. */
  readonly holeUs: number
  /** How much of a span some session of the file's instruments is open, microseconds. */
  readonly openTimeUs: (fromUs: number, toUs: number) => number
}

/**
 * Turns the chunks of a capture into feed items.
 *
 * Invariants
 * 1. The first item is a `Connect`. A later connect line becomes a `Disconnect`, if there was none, and a `Connect`.
 * 2. Every non-empty line is one frame or one bad line; control lines without a market payload are neither.
 * 3. Times never fall: a line whose time is slightly before that of the line before takes the latter.
 * 4. Frames refer to the chunks, nothing is copied, so a chunk must not be written to again.
 * 5. A jump of time that the next line confirms is a hole in the recording: a `Disconnect` at the last line before it and a
 *    `Connect` at the first one behind. A line with an unconfirmed jump is a bad line, and time stays.
 */
export class CaptureReader {
  readonly #options: CaptureReaderOptions
  readonly #restOrigins = new Map<string, FrameOrigin>()
  readonly #line = emptyCaptureLine()
  readonly #splitter = new LineSplitter((bytes, start, end, lineBytes) => this.#takeLine(bytes, start, end, lineBytes))
  readonly #times: ReceiveTimes
  #held: HeldLine | undefined
  #items: FeedItem[]
  #lastUs: number
  #hasFrames = false
  #isConnected = true

  constructor(options: CaptureReaderOptions) {
    const { origin, startUs, holeUs } = options
    this.#options = options
    this.#times = new ReceiveTimes(holeUs, startUs)
    this.#lastUs = startUs
    this.#items = [{ type: 'connect', origin, tsRecvUs: startUs }]
  }

  /** The items completed by `chunk`. */
  read(chunk: Buffer): readonly FeedItem[] {
    this.#splitter.push(chunk)
    return this.#takeItems()
  }

  /** The item of a last line without a line break. A jump in the last line has no confirmation. */
  end(): readonly FeedItem[] {
    this.#splitter.end()
    const held = this.#held
    this.#held = undefined
    if (held) this.#emitBadLine(held, { impossibleUs: held.line.tsRecvUs })
    return this.#takeItems()
  }

  #takeItems(): readonly FeedItem[] {
    const items = this.#items
    this.#items = []
    return items
  }

  #takeLine(bytes: Buffer, start: number, end: number, lineBytes: number): void {
    const line = this.#line
    readCaptureLine(bytes, start, end, line)
    if (lineBytes > end - start) return this.#emitBadLine({ bytes, start, end }, { lineBytes })
    if (line.kind === 'bad') return this.#emitBadLine({ bytes, start, end })
    const held = this.#held
    if (held) {
      const fromUs = this.#times.trustedUs as number
      this.#held = undefined
      if (this.#times.judgeHeld(line.tsRecvUs) === 'impossible')
        this.#emitBadLine(held, { impossibleUs: held.line.tsRecvUs })
      else {
        this.#jump(fromUs, held.line.tsRecvUs)
        this.#emit(held)
      }
    }
    if (this.#times.trusts(line.tsRecvUs)) this.#emit({ line, bytes, end })
    else this.#held = { line: { ...line }, bytes, start, end }
  }

  /**
   * Handles a confirmed jump. Back means that the clock was set: market time stands until it is overtaken, so nothing
   * continues.
   */
  #jump(fromUs: number, toUs: number): void {
    if (!this.#isConnected) return
    const { origin, holeUs, openTimeUs } = this.#options
    const isBack = toUs < fromUs
    if (!isBack && openTimeUs(fromUs, toUs) <= holeUs) return
    this.#disconnect(this.#lastUs, isBack ? 'clock_set_back' : 'hole')
    this.#isConnected = true
    this.#items.push({ type: 'connect', origin, tsRecvUs: Math.max(toUs, this.#lastUs) })
  }

  #emitBadLine(
    { bytes, start, end }: Omit<HeldLine, 'line'>,
    why: Pick<BadLine, 'impossibleUs' | 'lineBytes'> = {},
  ): void {
    const { origin } = this.#options
    const tsRecvUs = this.#lastUs
    this.#items.push({ type: 'badLine', origin, bytes, start, end, tsRecvUs, ...why })
  }

  #emit({ line, bytes, end }: Omit<HeldLine, 'start'>): void {
    const { origin } = this.#options
    const isLater = line.tsRecvUs > this.#lastUs
    if (isLater) this.#lastUs = line.tsRecvUs
    const tsRecvUs = this.#lastUs
    if (line.kind === 'payload') {
      this.#hasFrames = true
      this.#items.push({ type: 'frame', origin, bytes, start: line.payloadStart, end, tsRecvUs })
    } else if (line.kind === 'rest') {
      this.#items.push({
        type: 'frame',
        origin: this.#restOrigin(line.url),
        bytes,
        start: line.payloadStart,
        end,
        tsRecvUs,
      })
    } else if (line.kind === 'connected') {
      // The first one is the connect that already exists.
      if (this.#isConnected && !this.#hasFrames) return
      if (this.#isConnected) this.#disconnect(tsRecvUs, 'reconnect')
      this.#isConnected = true
      this.#items.push({ type: 'connect', origin, tsRecvUs })
    } else if (line.kind === 'ended') {
      if (isLater) this.#items.push({ type: 'time', tsRecvUs })
    } else if (line.kind === 'disconnected' && this.#isConnected) {
      this.#goDown(tsRecvUs, bytes.toString('utf8', line.payloadStart, end))
    }
  }

  #disconnect(tsRecvUs: number, reason: ReaderEnd): void {
    this.#goDown(tsRecvUs, reason)
  }

  #goDown(tsRecvUs: number, reason: string): void {
    this.#isConnected = false
    this.#items.push({ type: 'disconnect', origin: this.#options.origin, tsRecvUs, reason })
  }

  /** The origin of a REST payload: a snapshot of the symbol in the URL, the venue's list of its instruments, or past bars. */
  #restOrigin(url: string): FrameOrigin {
    const { source, venue } = this.#options.origin
    const parsed = new URL(url)
    if (isPastBarsUrl(venue, parsed)) return { source, venue, pastBarsUrl: url }
    const isInstrumentList = isInstrumentListUrl(venue, parsed)
    const symbol = parsed.searchParams.get('symbol') ?? ''
    const key = isInstrumentList ? parsed.pathname : symbol
    let origin = this.#restOrigins.get(key)
    if (!origin) {
      origin = { source, venue, ...(isInstrumentList ? { isInstrumentList } : symbol && { snapshotSymbol: symbol }) }
      this.#restOrigins.set(key, origin)
    }
    return origin
  }
}
