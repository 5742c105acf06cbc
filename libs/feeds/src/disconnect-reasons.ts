import { recordingPauses } from '@triplane/contracts'
import { connectionEnds } from './live/feed-notice.ts'

/** The reason of the simulated venue's disconnects. */
export const OUTAGE = 'outage'

/** Reasons for a file reader's own `disconnect`. */
const readerEnds = [...recordingPauses, 'clock_set_back', 'reconnect'] as const
export type ReaderEnd = (typeof readerEnds)[number]

/** The label in metrics for a recorded reason that is not ours. */
export const OTHER_REASON = 'other'

/**
 * The reasons of the disconnects of each source, as metrics name them. A recording also has those of the feed that it recorded.
 */
export function disconnectReasonsOf(source: string): readonly string[] {
  if (source === 'sim') return [OUTAGE]
  if (source === 'capture') return [...readerEnds, ...connectionEnds, OUTAGE, OTHER_REASON]
  return connectionEnds
}
