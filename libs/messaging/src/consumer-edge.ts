import { Backoff, delay, type BackoffLimits } from '@triplane/async'
import type { Event } from '@triplane/contracts'
import { isFault, type Fault, type Result } from '@triplane/kernel'
import type { BusRecord, Consumer, Watermark } from './bus.ts'

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

export interface ConsumerEdgeOptions<Payload> extends RecordIntakeOptions<Payload> {
  readonly consumer: Consumer<Payload>
  /** Makes durable what the batch caused (flush a producer, commit a journal), before the batch is committed. */
  readonly settle?: () => Promise<void>
  /** Told about each fault before its next try. */
  readonly onFault?: (fault: Fault) => void
  /** How long to wait before a fault's next try; 50 ms to 5 s. */
  readonly backoff?: BackoffLimits
  /** Most records of one batch, 500. */
  readonly maxBatch?: number
  readonly wait?: (ms: number) => Promise<void>
}

/**
 * What becomes of one record at the edge: one that does not decode or validate, or that is refused, is a dead letter;
 * faults and bugs are thrown, and then nothing of the record counts as done.
 */
export function createRecordIntake<Payload>(
  options: RecordIntakeOptions<Payload>,
): (record: BusRecord<Payload>) => void {
  const { decode, handle, deadLetter, onWatermark } = options

  return function takeIn(record) {
    if (record.watermark !== undefined) return onWatermark?.(record.watermark, record)
    const decoded = decode(record)
    if (!decoded.ok) return deadLetter({ record, stage: 'decode', refusal: decoded.error })
    const handled = handle(decoded.value, record)
    if (!handled.ok) deadLetter({ record, stage: 'handle', refusal: handled.error })
  }
}

/**
 * The rule of the consumer's edge, once (style.md section 4). Runs until the consumer is closed.
 * - does not decode or validate: dead letter, commit
 * - refusal: dead letter, or an event that `handle` emitted; commit
 * - fault: no commit; the same record again after a back-off. One that is not retryable rejects.
 * - bug: rejects; the caller crashes. Nothing is committed, so the record comes again after the restart.
 */
export async function runConsumerEdge<Payload>(options: ConsumerEdgeOptions<Payload>): Promise<void> {
  const { consumer, settle, maxBatch = 500 } = options
  const takeIn = createRecordIntake(options)
  while (!consumer.closed) {
    await consumer.arrived()
    if (consumer.closed) return
    const batch = consumer.take(maxBatch)
    let next = 0
    await retrying(options, async () => {
      for (; next < batch.length; next++) takeIn(batch[next] as BusRecord<Payload>)
      await settle?.()
      if (!consumer.closed) await consumer.commit()
    })
  }
}

/** Calls `act` until it succeeds, the fault is not retryable, or the consumer is closed. */
async function retrying<Payload>(options: ConsumerEdgeOptions<Payload>, act: () => Promise<void>): Promise<void> {
  const { consumer, onFault, backoff: limits = { firstMs: 50, longestMs: 5000 }, wait = delay } = options
  const backoff = new Backoff(limits)
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (!isFault(error)) throw error
      onFault?.(error)
      if (!error.retryable) throw error
    }
    if (consumer.closed) return
    await wait(backoff.next())
  }
}
