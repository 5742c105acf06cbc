/** Where frames come from: one connection or one capture file. */
export interface FrameOrigin {
  /** Label of metrics and events: binance_ws, capture, sim. */
  readonly source: string
  /** Venue and product whose protocol the frames use: binance_spot, binance_usdm, sim. */
  readonly venue: string
  /** Venue symbol for a REST snapshot without a symbol; absent when there is not exactly one. */
  readonly snapshotSymbol?: string
  /** The frames are the venue's own list of its instruments: a REST answer. */
  readonly isInstrumentList?: true
  /** The frames are the venue's answer to this URL, which asks for past bars. */
  readonly pastBarsUrl?: string
}

/** A raw frame: the bytes from `start` to `end` (exclusive) of a chunk that must no longer be written to. */
export interface Frame {
  readonly type: 'frame'
  readonly origin: FrameOrigin
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  /** Receive time, microseconds. */
  readonly tsRecvUs: number
}

/** A line of a capture without a payload or a plausible receive time; it takes the time of the line before. */
export interface BadLine {
  readonly type: 'badLine'
  /** Set for an impossible receive time, microseconds: the line behind it does not confirm the jump. */
  readonly impossibleUs?: number
  /** Set for a line too long to be kept: its length in bytes; these are its first. */
  readonly lineBytes?: number
  readonly origin: FrameOrigin
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  readonly tsRecvUs: number
}

/** The connection is up. */
export interface Connect {
  readonly type: 'connect'
  readonly origin: FrameOrigin
  readonly tsRecvUs: number
}

/** The connection is down: state that cannot survive a hole is reset. */
export interface Disconnect {
  readonly type: 'disconnect'
  readonly origin: FrameOrigin
  readonly tsRecvUs: number
  readonly reason: string
}

/** Nothing arrived, and market time advanced to `tsRecvUs`. */
interface TimePasses {
  readonly type: 'time'
  readonly tsRecvUs: number
}

/** The items of a feed. They come in batches, ordered by receive time within a feed. */
export type FeedItem = Frame | BadLine | Connect | Disconnect | TimePasses
