import type { Fill, OrderEvent } from '@triplane/contracts'

/** Latencies of an order in microseconds of market time, read off its events. Undefined where the event does not end that span. */

/** From the intent to its submission. */
export function intentToSubmitUs(event: OrderEvent): number | undefined {
  return event.state === 'submitted' ? event.tsStateUs - event.tsIntentUs : undefined
}

/** From the submission to the acknowledgement. */
export function submitToAckUs(event: OrderEvent): number | undefined {
  return event.state === 'acknowledged' ? event.tsStateUs - event.tsPrevStateUs : undefined
}

/** From the intent to the acknowledgement. */
export function intentToAckUs(event: OrderEvent): number | undefined {
  return event.state === 'acknowledged' ? event.tsStateUs - event.tsIntentUs : undefined
}

/** From the acknowledgement to the news of the first fill. */
export function ackToFirstFillUs(fill: Fill): number | undefined {
  return fill.first ? fill.effectUs - fill.tsAckUs : undefined
}

/** From the intent to the news of the last fill. */
export function intentToLastFillUs(fill: Fill): number | undefined {
  return fill.status === 'FILLED' ? fill.effectUs - fill.tsIntentUs : undefined
}
