import type { Event } from '@triplane/contracts'
import type { Result } from '@triplane/kernel'
import type { BusRecord, Watermark } from './bus.ts'

/** Why a record ended as a dead letter: a code for the metric label, and a sentence "Expected X, was Y". */
export interface Refusal {
  readonly code: string
  readonly detail: string
}

/** A record that was refused. Topic, partition and offset say where it lies. */
export interface RefusedRecord<Payload> {
  readonly record: BusRecord<Payload>
  /** `decode`: it does not decode or validate. `handle`: the business said no. */
  readonly stage: 'decode' | 'handle'
  readonly refusal: Refusal
}

export interface RecordIntakeOptions<Payload> {
  /** Makes events of a payload that came from outside. In memory: `(record) => ok(record.events)`. */
  readonly decode: (record: BusRecord<Payload>) => Result<readonly Event[], Refusal>
  /** Acts on the events, in one synchronous go. A refusal that is already an event of its own is `ok`. */
  readonly handle: (events: readonly Event[], record: BusRecord<Payload>) => Result<void, Refusal>
  /** Publishes a dead letter; must not wait. */
  readonly deadLetter: (refused: RefusedRecord<Payload>) => void
  /** Told about a watermark, which is not decoded. Without it watermarks are passed over. */
  readonly onWatermark?: (watermark: Watermark, record: BusRecord<Payload>) => void
}

/**
 * What becomes of one record at the edge: one that does not decode or validate, or that is refused, is a dead letter;
 * faults and bugs are thrown, and then nothing of the record counts as done.
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
