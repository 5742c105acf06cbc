import { inspectPayload, recordedVenues, unsupportedVenue, venueOfUrl } from '@triplane/venues'
import type { CaptureBytes } from './capture-bytes.ts'
import { CaptureError } from './capture-error.ts'
import { emptyCaptureLine, readCaptureLine } from './capture-line.ts'
import { LineSplitter } from './line-splitter.ts'
import { readRecordedFeed, type RecordedFeed } from './recorded-feed.ts'
import { ReceiveTimes } from './receive-times.ts'

/** How much of a capture is read to inspect it. */
const HEAD_BYTES = 4 * 1024 * 1024
const HEAD_LINES = 20_000

/** What the beginning of a capture says about the whole. */
export interface CaptureNature {
  readonly venue: string
  /** Venue symbol of the only depth stream; absent when there is not exactly one. */
  readonly depthSymbol?: string
  /** Receive time of the first line with a plausible time, microseconds. */
  readonly startUs: number
  /** The header of a recording of our own. */
  readonly recorded?: RecordedFeed
}

/**
 * Determines the contents of a capture from its first 4 MB or 20,000 lines; the file's name has no meaning. The result applies
 * to the whole file: a later frame of another venue is left for the normaliser to refuse, and a depth stream that first appears
 * later does not take snapshots away from the one seen here. `venue` overrides the result. Throws a `CaptureError` when no line
 * has a time, or the venue is not clear.
 */
export async function inspectCapture(
  path: string,
  bytes: CaptureBytes,
  { venue, holeUs = Infinity }: { readonly venue?: string | undefined; readonly holeUs?: number },
): Promise<CaptureNature> {
  const venues = new Set<string>()
  const depthSymbols = new Set<string>()
  const line = emptyCaptureLine()
  const times = new ReceiveTimes(holeUs)
  let startUs: number | undefined
  let isStarted = false
  let firstLine: string | undefined
  let lines = 0
  let recorded: RecordedFeed | undefined

  const splitter = new LineSplitter((chunk, start, end) => {
    if (lines++ >= HEAD_LINES) return
    firstLine ??= chunk.toString('utf8', start, Math.min(end, start + 60))
    readCaptureLine(chunk, start, end, line)
    if (line.kind === 'bad') return
    if (!isStarted && times.judgeHeld(line.tsRecvUs) === 'confirmed') isStarted = true
    if (!isStarted) {
      startUs = line.tsRecvUs
      isStarted = times.trusts(startUs)
    }
    if (line.kind === 'recorded') recorded ??= readRecordedFeed(chunk.toString('utf8', line.payloadStart, end))
    const hostVenue = line.url === '' ? undefined : venueOfUrl(line.url)
    if (hostVenue !== undefined) venues.add(hostVenue)
    if (line.kind !== 'payload') return
    const hint = inspectPayload(chunk.toString('utf8', line.payloadStart, end))
    if (hint.venue) venues.add(hint.venue)
    if (hint.depthSymbol) depthSymbols.add(hint.depthSymbol)
  })

  const fault = await pushHead(bytes, splitter, () => lines)
  if (firstLine === undefined)
    throw fault ?? new CaptureError('empty', path, 'Expected recorded lines, was an empty file')
  if (startUs === undefined) {
    const was = JSON.stringify(firstLine)
    throw new CaptureError(
      'not_a_capture',
      path,
      `Expected lines of "<nanoseconds> <json>" or "<seconds>: <json>", was ${was}`,
    )
  }
  const unsupported = [...venues].map(unsupportedVenue).find((called) => called !== undefined)
  if (unsupported !== undefined) {
    const detail = `Expected frames of ${recordedVenues.join(' or ')}, was ${unsupported}, which is not supported yet`
    throw new CaptureError('not_supported', path, detail)
  }
  const [found, other] = venues
  const named = venue ?? recorded?.venue
  if (named === undefined && other !== undefined) {
    throw new CaptureError(
      'mixed_venues',
      path,
      `Expected frames of one venue, was ${[...venues].join(' and ')}; name the venue`,
    )
  }
  const decided = named ?? found
  if (decided === undefined) {
    throw new CaptureError(
      'unknown_venue',
      path,
      'Expected frames that tell their venue, was none that does; name the venue',
    )
  }
  const [depthSymbol, secondSymbol] = depthSymbols
  return {
    venue: decided,
    startUs,
    ...(depthSymbol !== undefined && secondSymbol === undefined && { depthSymbol }),
    ...(recorded && { recorded }),
  }
}

/** Feeds the head of the capture to `splitter`. Returns the fault that ended it early: everything before may be played. */
async function pushHead(
  bytes: CaptureBytes,
  splitter: LineSplitter,
  linesSeen: () => number,
): Promise<CaptureError | undefined> {
  let headBytes = 0
  try {
    for await (const chunk of bytes.chunks()) {
      splitter.push(chunk)
      headBytes += chunk.length
      if (headBytes >= HEAD_BYTES || linesSeen() >= HEAD_LINES) return undefined
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    return error
  }
  splitter.end()
  return undefined
}
