import type { FeedItem } from '@triplane/market-data'

/** Where market data comes from. */
export interface Feed {
  /**
   * What comes, in batches, ordered by receive time. Called once. The bytes of frames are never written to again. Throws
   * the fault of the adapter after the items that came before it.
   */
  batches(): AsyncIterable<readonly FeedItem[]>
  /** Ends `batches` after what has already been read from below, and lets go of files and timers. May be called again. */
  close(): Promise<void>
}
