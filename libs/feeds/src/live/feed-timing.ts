/** How long the live feed waits for what, milliseconds. */
export interface FeedTiming {
  /** A connection that brought no message for so long is given up, at most half as much later. */
  readonly stallAfterMs: number
  /** First and longest wait before another try to connect or to fetch; doubled in between, half of it at random. */
  readonly firstRetryMs: number
  readonly longestRetryMs: number
  /** A connection that lived so long starts the waits anew: venues count connects. */
  readonly stableAfterMs: number
  /** Age at which a connection is replaced; half an hour before the venue ends it, unless told otherwise. Infinity: never. */
  readonly maxAgeMs: number
  /** A TCP, TLS and WebSocket handshake, a REST answer, or a snapshot by the stream takes at most so long. */
  readonly answerMs: number
  /** A snapshot is asked for when its book stream has begun without one, or after so long without the stream. */
  readonly depthWithinMs: number
  /** The first connection waits so long for bars of the time before; what has not come is given up. */
  readonly pastBarsWithinMs: number
  /** A venue is asked for the bar in which the first connection began so long after its end. */
  readonly afterBarMs: number
  /** The planes see silence so often. */
  readonly silenceMs: number
}

const MINUTE_MS = 60_000

/** How long before its end by the venue a connection is replaced. */
export const RENEWED_BEFORE_MS = 30 * MINUTE_MS

/** What suits real venues. */
export const defaultTiming: Omit<FeedTiming, 'maxAgeMs'> = {
  stallAfterMs: 30_000,
  firstRetryMs: 500,
  longestRetryMs: 30_000,
  stableAfterMs: MINUTE_MS,
  answerMs: 10_000,
  depthWithinMs: 2_000,
  pastBarsWithinMs: 20_000,
  afterBarMs: 2_000,
  silenceMs: 100,
}
