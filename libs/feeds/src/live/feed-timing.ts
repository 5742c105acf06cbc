/** Waits and limits of the live feed, milliseconds. */
export interface FeedTiming {
  /** Time without a message after which a connection is dropped, at most half as much later. */
  readonly stallAfterMs: number
  /** First and longest wait before another attempt to connect or to fetch; doubled in between, half of it at random. */
  readonly firstRetryMs: number
  readonly longestRetryMs: number
  /** Lifetime of a connection that resets the waits: venues count connects. */
  readonly stableAfterMs: number
  /** Age at which a connection is replaced; default half an hour before the venue ends it. Infinity: never. */
  readonly maxAgeMs: number
  /** Maximum time of a TCP, TLS and WebSocket handshake, a REST answer, or a snapshot by the stream. */
  readonly answerMs: number
  /** A snapshot is requested when its book stream has begun without one, or after this time without the stream. */
  readonly depthWithinMs: number
  /** Maximum time that the first connection waits for past bars; those missing then are given up. */
  readonly pastBarsWithinMs: number
  /** Time from the end of the bar in which the first connection began until the venue is asked for it. */
  readonly afterBarMs: number
  /** How often the planes see silence. */
  readonly silenceMs: number
}

const MINUTE_MS = 60_000

/** How long before its end by the venue a connection is replaced. */
export const RENEWED_BEFORE_MS = 30 * MINUTE_MS

/** Values for real venues. */
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
