import type { FeedItem, FrameOrigin } from '@triplane/market-data'
import { emptyCaptureLine, readCaptureLine } from './capture-line.ts'
import { LineSplitter } from './line-splitter.ts'

/**
 * Turns the chunks of a capture into feed items.
 *
 * Invariants
 * 1. The first item is a `Connect`. A later connect line is a `Disconnect`, if there was none, and a `Connect`.
 * 2. Every line that is not empty is one frame or one bad line; control lines without a market payload are neither.
 * 3. Times never fall: a line whose time is before that of the line before takes the latter.
 * 4. Frames refer to the chunks, nothing is copied, so a chunk must not be written to again.
 */
export class CaptureReader {
  readonly #origin: FrameOrigin
  readonly #restOrigins = new Map<string, FrameOrigin>()
  readonly #line = emptyCaptureLine()
  readonly #splitter = new LineSplitter((bytes, start, end, isWhole) => this.#takeLine(bytes, start, end, isWhole))
  #items: FeedItem[]
  #lastUs: number
  #hasFrames = false
  #isConnected = true

  /** `startUs` is the time of the connect, and of bad lines before the first line that has a time. */
  constructor(origin: FrameOrigin, startUs: number) {
    this.#origin = origin
    this.#lastUs = startUs
    this.#items = [{ type: 'connect', origin, tsRecvUs: startUs }]
  }

  /** The items that `chunk` completes. */
  read(chunk: Buffer): readonly FeedItem[] {
    this.#splitter.push(chunk)
    return this.#takeItems()
  }

  /** The item of a last line without a line break. */
  end(): readonly FeedItem[] {
    this.#splitter.end()
    return this.#takeItems()
  }

  #takeItems(): readonly FeedItem[] {
    const items = this.#items
    this.#items = []
    return items
  }

  #takeLine(bytes: Buffer, start: number, end: number, isWhole: boolean): void {
    const line = this.#line
    readCaptureLine(bytes, start, end, line)
    const isBad = line.kind === 'bad' || !isWhole
    if (!isBad && line.tsRecvUs > this.#lastUs) this.#lastUs = line.tsRecvUs
    const tsRecvUs = this.#lastUs
    if (isBad) {
      this.#items.push({ type: 'badLine', origin: this.#origin, bytes, start, end, tsRecvUs })
    } else if (line.kind === 'payload') {
      this.#hasFrames = true
      this.#items.push({ type: 'frame', origin: this.#origin, bytes, start: line.payloadStart, end, tsRecvUs })
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
      // The first one is the connect that there is already.
      if (this.#isConnected && !this.#hasFrames) return
      if (this.#isConnected) this.#disconnect(tsRecvUs, 'reconnect')
      this.#isConnected = true
      this.#items.push({ type: 'connect', origin: this.#origin, tsRecvUs })
    } else if (line.kind === 'disconnected' && this.#isConnected) {
      this.#disconnect(tsRecvUs, bytes.toString('utf8', line.payloadStart, end))
    }
  }

  #disconnect(tsRecvUs: number, reason: string): void {
    this.#isConnected = false
    this.#items.push({ type: 'disconnect', origin: this.#origin, tsRecvUs, reason })
  }

  /** The origin of a REST payload: its symbol is the one that the URL names. */
  #restOrigin(url: string): FrameOrigin {
    const symbol = new URL(url).searchParams.get('symbol') ?? ''
    let origin = this.#restOrigins.get(symbol)
    if (!origin) {
      const { source, venue } = this.#origin
      origin = { source, venue, ...(symbol && { snapshotSymbol: symbol }) }
      this.#restOrigins.set(symbol, origin)
    }
    return origin
  }
}
