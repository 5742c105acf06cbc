import type { Instrument } from '@triplane/contracts'
import { err, type Result } from '@triplane/kernel'
import type { Frame, FrameRefusal } from '@triplane/market-data'
import { venueById } from './registry.ts'
import type { ListedInstrument } from './venue.ts'

/** True for the URL of a venue's own list of its instruments. */
export const isInstrumentListUrl = (venue: string, url: URL): boolean =>
  venueById(venue)?.isInstrumentListUrl?.(url) ?? false

/**
 * Reads a venue's own list of its instruments for those of `instruments` that are traded there: their steps, or why they are
 * unusable. Refuses the frame as a whole when it is not such a list.
 */
export function readInstrumentList(
  frame: Frame,
  instruments: readonly Instrument[],
): readonly Result<ListedInstrument, FrameRefusal>[] {
  const { venue } = frame.origin
  const read = venueById(venue)?.readInstrumentList
  if (read)
    return read(
      frame,
      instruments.filter((instrument) => instrument.venue === venue),
    )
  return [err({ code: 'unknown_message', detail: `Expected a venue that lists its instruments, was ${venue}` })]
}
