import { decidesTrading, partyOf, type Event, type Run } from '@triplane/contracts'
import { err, type Result } from '@triplane/kernel'
import type { BusRecord, Refusal } from '@triplane/messaging'
import { PlaneSuspendedError } from '../log/failed-turn.ts'
import type { RecordPlace, SkippedRecords } from '../log/skipped-records.ts'

/** A plane that must not go on with its run: it cannot read what decides how it trades. */
export class UnreadableRecordError extends PlaneSuspendedError {
  readonly place: RecordPlace

  constructor(place: RecordPlace, producer: string, { code, detail }: Refusal) {
    const { topic, partition, offset } = place
    super(
      `Expected to read the record of ${producer} on ${topic}, partition ${partition}, offset ${offset}, was ${code}: ${detail}. ` +
        `To go on without it: triplane topic skip ${topic} ${partition} ${offset} --why TEXT, then triplane resume; or start a new run.`,
    )
    this.place = place
  }
}

/** Decodes a record for a plane: of the types that are not `taken` it need not say anything. */
export type Decode<Payload> = (
  record: BusRecord<Payload>,
  taken: ReadonlySet<Event['type']>,
) => Result<readonly Event[], Refusal>

/**
 * Why a plane must not go on with its run: a record of intents, execution or control that its owner wrote in this run and that cannot
 * be read, unless an operator had it skipped. Others that cannot be read are dead letters.
 */
export function mustStopAt<Payload>(
  record: BusRecord<Payload>,
  decoded: () => Result<readonly Event[], Refusal>,
  { runId }: Pick<Run, 'runId'>,
  skipped: Pick<SkippedRecords, 'of'>,
): UnreadableRecordError | undefined {
  if (!decidesTrading(record.topic) || record.runId !== runId || record.watermark !== undefined) return undefined
  const { topic, partition, offset, producer } = record
  const party = partyOf(producer)
  if (party === undefined || !topic.writers.includes(party)) return undefined
  const events = decoded()
  // Where a value is missing nobody of ours wrote it.
  if (events.ok || events.error.code === 'foreign_record') return undefined
  const place = { topic: topic.name, partition, offset }
  return skipped.of(place) ? undefined : new UnreadableRecordError(place, producer, events.error)
}

/** Says of a record that is skipped and cannot be read that an operator had it skipped, and why: it is refused as `skipped`. */
export function refuseSkipped<Payload>(decode: Decode<Payload>, skipped: Pick<SkippedRecords, 'of'>): Decode<Payload> {
  return (record, taken) => {
    const decoded = decode(record, taken)
    if (decoded.ok) return decoded
    const { topic, partition, offset } = record
    const skip = skipped.of({ topic: topic.name, partition, offset })
    if (skip === undefined) return decoded
    return err({ code: 'skipped', detail: `Skipped by ${skip.who}: ${skip.why}. ${decoded.error.detail}` })
  }
}
