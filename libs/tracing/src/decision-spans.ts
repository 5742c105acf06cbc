import { symbolOf, type OrderIntent, venueOf } from '@triplane/contracts'
import { US_PER_MINUTE } from '@triplane/kernel'
import type { SpanAttributes, Tracing } from './tracing.ts'

/** Wall times of a decision at the edge of the strategy plane, microseconds. */
export interface DecisionTimes {
  /** `tsSentUs` of the newest market record that the plane had handled. */
  readonly recordSentUs: number
  /** When the plane took that record. */
  readonly recordTakenUs: number
  readonly publishedUs: number
}

/** Market time further before the record than this is not wall time but that of a replay or a simulated market. */
const MAX_FRAME_US = US_PER_MINUTE

/**
 * Reports the spans `frame` and `decide` of an intent that the strategy plane publishes. Returns the header of its record.
 * In live runs the frame's market time is its receive time; elsewhere the span of the frame is empty.
 */
export function traceDecision(tracing: Tracing, intent: OrderIntent, times: DecisionTimes): string | undefined {
  const trace = tracing.traceOf(intent.intentId)
  if (trace.isSampled) {
    const { recordSentUs, recordTakenUs, publishedUs } = times
    const frameUs = recordSentUs - intent.decisionRecvUs
    const startUs = frameUs >= 0 && frameUs <= MAX_FRAME_US ? intent.decisionRecvUs : recordSentUs
    const attributes = attributesOf(intent)
    tracing.span(trace, 'frame', startUs, recordSentUs, { attributes })
    tracing.span(trace, 'decide', recordTakenUs, publishedUs, { attributes })
  }
  return tracing.traceparentOf(trace, 'decide')
}

/** The attributes of every span of an order. */
export function attributesOf(intent: OrderIntent): SpanAttributes {
  return {
    'triplane.intent_id': intent.intentId,
    'triplane.strategy': intent.strategy,
    'triplane.venue': venueOf(intent.instrument),
    'triplane.symbol': symbolOf(intent.instrument),
    'triplane.side': intent.side,
    'triplane.quantity': intent.quantity,
    'triplane.market_time_us': intent.decisionRecvUs,
  }
}
