import { recordingPauses } from '@triplane/contracts'
import { connectionEnds } from './live/feed-notice.ts'

/** Why the simulated venue goes away. */
export const OUTAGE = 'outage'

/** Why a file reader says `disconnect` by itself. */
const readerEnds = [...recordingPauses, 'clock_set_back', 'reconnect'] as const
export type ReaderEnd = (typeof readerEnds)[number]

/** What metrics call a reason that a recording holds and that is none of ours. */
export const OTHER_REASON = 'other'

/** The reasons of the disconnects of each source, as metrics name them. A recording holds those of what it recorded too. */
export function disconnectReasonsOf(source: string): readonly string[] {
  if (source === 'sim') return [OUTAGE]
  if (source === 'capture') return [...readerEnds, ...connectionEnds, OUTAGE, OTHER_REASON]
  return connectionEnds
}
