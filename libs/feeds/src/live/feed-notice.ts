import type { Timeframe } from '@triplane/contracts'

/** Why a connection ended. `reason` of Disconnect items, and a label of metrics. */
export const connectionEnds = [
  /** The venue closed it. */
  'closed',
  /** The socket or the protocol broke. */
  'error',
  /** It stayed open and brought nothing. */
  'stalled',
  /** Its age: the venue would end it. */
  'planned',
  /** The venue said that the server shuts down. */
  'server_shutdown',
  /** What was received was not taken in time. */
  'slow_consumer',
  /** The process was started again in the middle of a run. */
  'restart',
] as const
export type DisconnectReason = (typeof connectionEnds)[number]

/** What operators may want to read about the feed. */
export type FeedNotice =
  | { readonly kind: 'connected'; readonly url: string }
  | { readonly kind: 'disconnected'; readonly reason: DisconnectReason; readonly detail: string }
  /** A try to connect failed; the next one comes after `retryMs`. */
  | { readonly kind: 'connect_failed'; readonly detail: string; readonly retryMs: number }
  /** A snapshot could not be fetched; the next try comes after `retryMs`, or none does when it is absent. */
  | {
      readonly kind: 'snapshot_failed'
      readonly symbol: string
      readonly detail: string
      readonly retryMs?: number
    }
  /** The same of the venue's list of its instruments: their steps are those of the file, or of the list before. */
  | { readonly kind: 'list_failed'; readonly detail: string; readonly retryMs?: number }
  /** Bars of the time before could not be fetched; the next try comes after `retryMs`, or they are given up when it is absent. */
  | {
      readonly kind: 'past_bars_failed'
      readonly symbol: string
      readonly timeframe: Timeframe
      readonly detail: string
      readonly retryMs?: number
    }
  /** The venue does not take a subscription: nothing comes of it. `symbol` is the venue's, absent where it does not say. */
  | { readonly kind: 'subscription_refused'; readonly symbol?: string; readonly detail: string }
  /** The venue wants no requests for `retryMs`: 429 too many, 418 the address is banned. */
  | { readonly kind: 'rate_limited'; readonly status: number; readonly retryMs: number }
  /** Frames are no longer recorded: the run cannot be reproduced from its recording. */
  | { readonly kind: 'recording_failed'; readonly detail: string }

/** Counts since the feed was made, and what holds now. */
export interface LiveFeedStats {
  readonly isConnected: boolean
  readonly isRecording: boolean
  readonly frames: number
  readonly bytes: number
  readonly connects: number
  readonly connectFailures: number
  readonly disconnects: Readonly<Record<DisconnectReason, number>>
  readonly snapshots: number
  /** Lists of instruments that came. */
  readonly lists: number
  /** Answers with bars of the time before, and what was asked for of them and given up. */
  readonly pastBars: number
  readonly pastBarsGivenUp: number
  /** Snapshots, lists and past bars that could not be fetched, each try. */
  readonly requestFailures: number
  /** Answers that said 429 or 418. */
  readonly rateLimits: number
  /** Received and not yet taken. */
  readonly waitingItems: number
}
