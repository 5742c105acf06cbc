import type { FeedItem, Frame, FrameOrigin } from '@triplane/market-data'

/** What the venue sends, and when it is received, microseconds. `snapshotSymbol` is whose REST snapshot a frame is. */
export type Message =
  | { readonly type: 'frame'; readonly tsRecvUs: number; readonly text: string; readonly snapshotSymbol?: string }
  | { readonly type: 'connect'; readonly tsRecvUs: number }
  | { readonly type: 'disconnect'; readonly tsRecvUs: number; readonly reason: string }

const CHUNK_BYTES = 64 * 1024

/** Turns messages, which are ASCII, into feed items of one origin. Frames share chunks of memory, each byte of which is written once. */
export class FrameWriter {
  readonly #origin: FrameOrigin
  readonly #snapshotOrigins = new Map<string, FrameOrigin>()
  #chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  #used = 0

  constructor(origin: FrameOrigin) {
    this.#origin = origin
  }

  item(message: Message): FeedItem {
    const { tsRecvUs } = message
    switch (message.type) {
      case 'frame':
        return this.#frame(tsRecvUs, message.text, message.snapshotSymbol)
      case 'connect':
        return { type: 'connect', origin: this.#origin, tsRecvUs }
      case 'disconnect':
        return { type: 'disconnect', origin: this.#origin, tsRecvUs, reason: message.reason }
    }
  }

  #frame(tsRecvUs: number, text: string, snapshotSymbol?: string): Frame {
    if (this.#used + text.length > this.#chunk.length) {
      this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, text.length))
      this.#used = 0
    }
    const start = this.#used
    this.#used += this.#chunk.write(text, start, 'latin1')
    const origin = snapshotSymbol === undefined ? this.#origin : this.#snapshotOrigin(snapshotSymbol)
    return { type: 'frame', origin, bytes: this.#chunk, start, end: this.#used, tsRecvUs }
  }

  #snapshotOrigin(snapshotSymbol: string): FrameOrigin {
    let origin = this.#snapshotOrigins.get(snapshotSymbol)
    if (!origin) {
      origin = { ...this.#origin, snapshotSymbol }
      this.#snapshotOrigins.set(snapshotSymbol, origin)
    }
    return origin
  }
}
