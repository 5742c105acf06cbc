import type { FeedItem } from '@triplane/market-data'

/** The interface of a feed of `@triplane/feeds` in a test. */
interface Batches {
  batches(): AsyncIterable<readonly FeedItem[]>
}

/** A feed that yields these batches, and ends after the current one when it is closed. */
export function feedOf(...all: readonly (readonly FeedItem[])[]): Batches & { close(): Promise<void> } {
  let isClosed = false
  return {
    async *batches() {
      for (const batch of all) {
        if (isClosed) return
        yield batch
      }
    },
    close: async () => {
      isClosed = true
    },
  }
}

/** Everything that a feed yields. */
export async function itemsOf(feed: Batches): Promise<FeedItem[]> {
  const items: FeedItem[] = []
  for await (const batch of feed.batches()) items.push(...batch)
  return items
}

/** The text of a frame or a bad line; '' for other items. */
export function textOf(item: FeedItem): string {
  if (!('bytes' in item)) return ''
  const { buffer, byteOffset } = item.bytes
  return Buffer.from(buffer, byteOffset + item.start, item.end - item.start).toString()
}

/** A frame of `text` received at `tsRecvUs`. */
export function aFrame(tsRecvUs: number, text = '{}', source = 'capture'): FeedItem {
  const bytes = new TextEncoder().encode(text)
  return { type: 'frame', origin: { source, venue: 'sim' }, bytes, start: 0, end: bytes.length, tsRecvUs }
}
