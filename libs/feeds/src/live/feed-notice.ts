import type { Timeframe } from '@triplane/contracts'

/** Why a connection ended. `reason` of Disconnect items, and a label of metrics. */
export const connectionEnds = [
  /** The venue closed it. */
  'closed',
  /** The socket or the protocol broke. */
  'error',
  /** It stayed open without messages. */
  'stalled',
  /** Its age: the venue would end it. */
  'planned',
  /** The venue announced that the server shuts down. */
  'server_shutdown',
  /** Received items were not taken in time. */
  'slow_consumer',
  /** The process was restarted in the middle of a run. */
  'restart',
] as const
export type DisconnectReason = (typeof connectionEnds)[number]

/** News about the feed for operators. */
export type FeedNotice =
  | { readonly kind: 'connected'; readonly url: string }
  | { readonly kind: 'disconnected'; readonly reason: DisconnectReason; readonly detail: string }
  /** An attempt to connect failed; the next one follows after `retryMs`. */
  | { readonly kind: 'connect_failed'; readonly detail: string; readonly retryMs: number }
  /** A snapshot could not be fetched; the next attempt follows after `retryMs`, none when it is absent. */
  | {
      readonly kind: 'snapshot_failed'
      readonly symbol: string
      readonly detail: string
      readonly retryMs?: number
    }
  /** The same for the venue's list of its instruments: their steps stay those of the file, or of the previous list. */
  | { readonly kind: 'list_failed'; readonly detail: string; readonly retryMs?: number }
  /** Past bars could not be fetched; the next attempt follows after `retryMs`; when it is absent, they are given up. */
  | {
      readonly kind: 'past_bars_failed'
      readonly symbol: string
      readonly timeframe: Timeframe
      readonly detail: string
      readonly retryMs?: number
    }
  /** The venue refuses a subscription, which brings no data. `symbol` is the venue's, absent when it does not say. */
  | { readonly kind: 'subscription_refused'; readonly symbol?: string; readonly detail: string }
  /** The venue accepts no requests for `retryMs`: 429 too many, 418 the address is banned. */
  | { readonly kind: 'rate_limited'; readonly status: number; readonly retryMs: number }
  /** Frames are no longer recorded: the run cannot be reproduced from its recording. */
  | { readonly kind: 'recording_failed'; readonly detail: string }

/** Counts since the feed was created, and its current state. */
export interface LiveFeedStats {
  readonly isConnected: boolean
  readonly isRecording: boolean
  readonly frames: number
  readonly bytes: number
  readonly connects: number
  readonly connectFailures: number
  readonly disconnects: Readonly<Record<DisconnectReason, number>>
  readonly snapshots: number
  /** Lists of instruments received. */
  readonly lists: number
  /** Answers with past bars, and requests for them that were given up. */
  readonly pastBars: number
  readonly pastBarsGivenUp: number
  /** Failed attempts to fetch snapshots, lists and past bars. */
  readonly requestFailures: number
  /** Answers with status 429 or 418. */
  readonly rateLimits: number
  /** Received items not yet taken. */
  readonly waitingItems: number
}
