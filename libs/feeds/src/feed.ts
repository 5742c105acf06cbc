import type { FeedItem } from '@triplane/market-data'

/** A source of market data. */
export interface Feed {
  /**
   * The items, in batches, ordered by receive time. Called once. The bytes of frames are never written to again. Throws the
   * fault of the adapter after the items that came before it.
   */
  batches(): AsyncIterable<readonly FeedItem[]>
  /** Ends `batches` after the items already read from below, and releases files and timers. May be called again. */
  close(): Promise<void>
}
