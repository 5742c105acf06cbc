import { rawOf, type DeadLetter, type EventDraft, type ValidationRefusal } from '@triplane/contracts'
import type { BadLine, Frame, FrameRefusal, NormalizedEvent } from '@triplane/market-data'

/** The stage that refused it. */
export type RefusedAt = 'normalize' | 'validate'

/** Why a frame, or part of it, is refused. */
export type Refusal = FrameRefusal | (Omit<FrameRefusal, 'code'> & { readonly code: ValidationRefusal })

/**
 * The dead letter of a refused frame at market time `nowUs`; without an event type it was refused before it was
 * understood.
 */
export function deadLetterOf(
  frame: Frame | BadLine,
  stage: RefusedAt,
  { code, detail, instrument }: Refusal,
  nowUs: number,
  eventType: NormalizedEvent['type'] | 'frame' = 'frame',
): EventDraft<DeadLetter> {
  const { source, venue } = frame.origin
  return {
    type: 'deadLetter',
    source,
    venue,
    ...(instrument !== undefined && { instrument }),
    tsRecvUs: nowUs,
    stage,
    reason: code,
    eventType,
    detail,
    ...bytesOf(frame),
  }
}

/** Of a line of which only the beginning could be kept there is no digest. */
function bytesOf(frame: Frame | BadLine): ReturnType<typeof rawOf> {
  const kept = rawOf(frame.bytes, frame.start, frame.end)
  if (frame.type !== 'badLine' || frame.lineBytes === undefined) return kept
  return { raw: kept.raw, rawBytes: frame.lineBytes }
}

/** Why a line is not a frame. */
export function lineRefusal({ impossibleUs, lineBytes, tsRecvUs }: BadLine): FrameRefusal {
  if (lineBytes !== undefined)
    return { code: 'bad_line', detail: `Expected a line of at most 16 MB, was ${lineBytes} bytes` }
  if (impossibleUs === undefined)
    return { code: 'bad_line', detail: 'Expected a line with a receive time and a payload' }
  const aheadS = ((impossibleUs - tsRecvUs) / 1e6).toFixed(3)
  return {
    code: 'impossible_time',
    detail: `Expected a receive time that the next line confirms, was ${aheadS} s from the line before`,
  }
}
