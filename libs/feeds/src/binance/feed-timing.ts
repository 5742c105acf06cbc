/** How long the live feed waits for what, milliseconds. */
export interface FeedTiming {
  /** A connection that brought no message for so long is given up, at most half as much later. */
  readonly stallAfterMs: number
  /** First and longest wait before another try to connect or to fetch; doubled in between, half of it at random. */
  readonly firstRetryMs: number
  readonly longestRetryMs: number
  /** A connection that lived so long starts the waits anew: Binance allows 300 connects in 5 minutes. */
  readonly stableAfterMs: number
  /** Age at which a connection is replaced; Binance ends it after 24 h. */
  readonly maxAgeMs: number
  /** A TCP, TLS and WebSocket handshake, or a REST answer, takes at most so long. */
  readonly answerMs: number
  /** A snapshot is fetched when its depth stream has begun, or after so long without it. */
  readonly depthWithinMs: number
  /** The planes see silence so often. */
  readonly silenceMs: number
}

const MINUTE_MS = 60_000

/** What suits the real venue. */
export const defaultTiming: FeedTiming = {
  stallAfterMs: 30_000,
  firstRetryMs: 500,
  longestRetryMs: 30_000,
  stableAfterMs: MINUTE_MS,
  maxAgeMs: (23 * 60 + 30) * MINUTE_MS,
  answerMs: 10_000,
  depthWithinMs: 2_000,
  silenceMs: 100,
}
