import type { InstrumentId } from '@triplane/contracts'
import { err, ok, type Result } from '@triplane/kernel'
import type { FrameRefusal, NormalizedEvent } from '@triplane/market-data'
import { FieldReader, type JsonObject } from '../field-reader.ts'

type EventType = NormalizedEvent['type']

/** What is known of a message of a channel. */
export interface Channel {
  readonly instrument: InstrumentId
  readonly source: string
  readonly tsRecvUs: number
}

/** What every event has. */
export function base<Type extends EventType>(type: Type, { source, instrument, tsRecvUs }: Channel) {
  return { type, seq: 0, source, instrument, tsRecvUs } as const
}

/** The event that `read` makes of `payload`, or the refusal of the first field that is not as it should be. */
export function build(
  eventType: EventType,
  payload: JsonObject,
  { instrument }: Channel,
  read: (fields: FieldReader) => NormalizedEvent,
): Result<NormalizedEvent, FrameRefusal> {
  const fields = new FieldReader(payload)
  const event = read(fields)
  return fields.problem ? err({ ...fields.problem, instrument, eventType }) : ok(event)
}

/** Refuses what is not of the form that an event of an instrument has. */
export function bad(eventType: EventType, { instrument }: Channel, detail: string): Result<never, FrameRefusal> {
  return err({ code: 'bad_field', detail, instrument, eventType })
}

/** Refuses a message that says nothing that is known. */
export function unknown(detail: string): Result<never, FrameRefusal> {
  return err({ code: 'unknown_message', detail })
}
