import type { EventDraft, Instrument, PastBar } from '@triplane/contracts'
import { ok, type Result } from '@triplane/kernel'
import { timeframeUs, type Frame, type FrameRefusal } from '@triplane/market-data'
import { readPastBars } from '@triplane/venues'

/**
 * The past bars in a venue's answer, at market time `nowUs`: one event each, oldest first, of those that are over by
 * our clock too. Refuses the frame as `readPastBars` does. Remembers nothing: they are not the run's own bars.
 */
export function pastBarsOf(
  frame: Frame,
  instruments: readonly Instrument[],
  nowUs: number,
): Result<readonly EventDraft<PastBar>[], FrameRefusal> {
  const read = readPastBars(frame, instruments)
  if (!read.ok) return read
  const { instrument, timeframe, bars } = read.value
  const { source } = frame.origin
  const over = bars.filter(({ openTimeUs }) => openTimeUs + timeframeUs[timeframe] <= nowUs)
  return ok(over.map((bar) => ({ type: 'pastBar', source, instrument, tsRecvUs: nowUs, timeframe, ...bar })))
}
