import type { Event } from '@triplane/contracts'
import type { Result } from '@triplane/kernel'
import type { BusRecord, Watermark } from './bus.ts'

/** Why a record ended as a dead letter: a code for the metric label, and a sentence "Expected X, was Y". */
export interface Refusal {
  readonly code: string
  readonly detail: string
}

/** A refused record. Topic, partition and offset say where it is. */
export interface RefusedRecord<Payload> {
  readonly record: BusRecord<Payload>
  /** `decode`: it does not decode or validate. `handle`: the business refused it. */
  readonly stage: 'decode' | 'handle'
  readonly refusal: Refusal
}

export interface RecordIntakeOptions<Payload> {
  /** Decodes a payload from outside to events. In memory: `(record) => ok(record.events)`. */
  readonly decode: (record: BusRecord<Payload>) => Result<readonly Event[], Refusal>
  /** Acts on the events, synchronously. A refusal that already has its own event is `ok`. */
  readonly handle: (events: readonly Event[], record: BusRecord<Payload>) => Result<void, Refusal>
  /** Publishes a dead letter; must not wait. */
  readonly deadLetter: (refused: RefusedRecord<Payload>) => void
  /** Called with each watermark, which is not decoded. Without it watermarks are skipped. */
  readonly onWatermark?: (watermark: Watermark, record: BusRecord<Payload>) => void
}

/**
 * Processes one record at the edge: a record that does not decode or validate, or is refused, becomes a dead letter; faults and
 * bugs are thrown, and then no part of the record counts as done.
 */
export function createRecordIntake<Payload>(
  options: RecordIntakeOptions<Payload>,
): (record: BusRecord<Payload>) => void {
  const { decode, handle, deadLetter, onWatermark } = options

  return function ingest(record) {
    if (record.watermark !== undefined) return onWatermark?.(record.watermark, record)
    const decoded = decode(record)
    if (!decoded.ok) return deadLetter({ record, stage: 'decode', refusal: decoded.error })
    const handled = handle(decoded.value, record)
    if (!handled.ok) deadLetter({ record, stage: 'handle', refusal: handled.error })
  }
}
