import { field, stateSchema, type StateOf } from '@triplane/contracts'
import type { FeedItem, Frame, FrameOrigin } from '@triplane/market-data'

/** A message of the venue, and its receive time. `snapshotSymbol` is the symbol of a REST snapshot. */
export const messageSchema = field.either([
  stateSchema({
    type: field.literal('frame'),
    tsRecvUs: field.timeUs,
    text: field.text,
    snapshotSymbol: field.orNull(field.text),
  }),
  stateSchema({ type: field.literal('connect'), tsRecvUs: field.timeUs }),
  stateSchema({ type: field.literal('disconnect'), tsRecvUs: field.timeUs, reason: field.text }),
])
export type Message = StateOf<typeof messageSchema>

const CHUNK_BYTES = 64 * 1024

/**
 * Turns messages, which are ASCII, into feed items of one origin. Frames share chunks of memory, each byte of which is written
 * once.
 */
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

  #frame(tsRecvUs: number, text: string, snapshotSymbol: string | null): Frame {
    if (this.#used + text.length > this.#chunk.length) {
      this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, text.length))
      this.#used = 0
    }
    const start = this.#used
    this.#used += this.#chunk.write(text, start, 'latin1')
    const origin = snapshotSymbol === null ? this.#origin : this.#snapshotOrigin(snapshotSymbol)
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
