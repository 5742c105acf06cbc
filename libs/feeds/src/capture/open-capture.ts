import { US_PER_SECOND } from '@triplane/kernel'
import { openTimeUs, type FeedItem, type FrameOrigin, type Session } from '@triplane/market-data'
import type { Feed } from '../feed.ts'
import { openCaptureBytes, type CaptureBytes } from './capture-bytes.ts'
import { CaptureReader } from './capture-reader.ts'
import { inspectCapture } from './inspect-capture.ts'

export interface CaptureOptions {
  /** Venue and product whose protocol the frames use; detected from the content when absent. */
  readonly venue?: string
  /** Label of metrics and events. Default: that of the feed in a recording of our own, else `capture`. */
  readonly source?: string
  /**
   * Time without a line, microseconds, that makes a hole, unless all `sessions` are closed. Default 60 s. A recording of our
   * own has none: it records when its connection was down.
   */
  readonly holeUs?: number
  /** When the venue's instruments trade; default always. */
  readonly sessions?: (venue: string) => readonly Session[]
}

/** Default length of silence in a capture that counts as a hole. */
export const DEFAULT_HOLE_US = 60 * US_PER_SECOND

/** A capture file as a feed, and how far it has been read. */
export interface CaptureFeed extends Feed {
  readonly origin: FrameOrigin
  /** Receive time of the first line, microseconds. */
  readonly startUs: number
  /** Size of the file, compressed bytes. */
  readonly bytesTotal: number
  /** How much of the file has been read, compressed bytes. */
  bytesRead(): number
  /** Symbols of the instruments in a recording of our own. */
  readonly symbols?: readonly string[]
}

/**
 * Opens a capture file, plain or gzip, and determines its contents. Refuses an unplayable file with a `CaptureError`; `batches`
 * throws one after the last readable line when the file turns out to be truncated or corrupt. Reads in chunks: a file of any
 * size takes a few megabytes.
 */
export async function openCapture(path: string, options: CaptureOptions = {}): Promise<CaptureFeed> {
  return captureFeed(path, await openCaptureBytes(path), options)
}

/** The content of a capture as a feed; `path` names it in errors. */
export async function captureFeed(
  path: string,
  bytes: CaptureBytes,
  { venue, source, holeUs: longestUs = DEFAULT_HOLE_US, sessions = () => [] }: CaptureOptions,
): Promise<CaptureFeed> {
  const nature = await inspectCapture(path, bytes, { venue, holeUs: longestUs })
  const { recorded } = nature
  const holeUs = recorded ? Infinity : longestUs
  const origin: FrameOrigin = {
    source: source ?? recorded?.source ?? 'capture',
    venue: nature.venue,
    ...(nature.depthSymbol !== undefined && { snapshotSymbol: nature.depthSymbol }),
  }
  const openSessions = new Set(sessions(nature.venue))
  const openTime = (fromUs: number, toUs: number) =>
    openSessions.size === 0
      ? toUs - fromUs
      : Math.max(...[...openSessions].map((session) => openTimeUs(session, fromUs, toUs)))
  let isClosed = false

  async function* batches(): AsyncGenerator<readonly FeedItem[]> {
    const reader = new CaptureReader({ origin, startUs: nature.startUs, holeUs, openTimeUs: openTime })
    try {
      for await (const chunk of bytes.chunks()) {
        const items = reader.read(chunk)
        if (items.length > 0) yield items
        if (isClosed) return
      }
    } catch (error) {
      yield reader.end()
      throw error
    }
    yield reader.end()
  }

  return {
    origin,
    startUs: nature.startUs,
    ...(recorded && { symbols: recorded.symbols }),
    bytesTotal: bytes.bytesTotal,
    bytesRead: () => bytes.bytesRead(),
    batches,
    close: async () => {
      isClosed = true
    },
  }
}
