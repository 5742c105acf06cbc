import type { InstrumentId } from '@triplane/contracts'
import { err, ok, type Result } from '@triplane/kernel'
import type { FrameRefusal, NormalizedEvent } from '@triplane/market-data'
import { FieldReader, type JsonObject } from '../field-reader.ts'

type EventType = NormalizedEvent['type']

/** A channel's message: its context. */
export interface Channel {
  readonly instrument: InstrumentId
  readonly source: string
  readonly tsRecvUs: number
}

/** The fields of every event. */
export function base<Type extends EventType>(type: Type, { source, instrument, tsRecvUs }: Channel) {
  return { type, seq: 0, source, instrument, tsRecvUs } as const
}

/** The event that `read` builds from `payload`, or the refusal of the first invalid field. */
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

/** Refuses a malformed event of an instrument. */
export function bad(eventType: EventType, { instrument }: Channel, detail: string): Result<never, FrameRefusal> {
  return err({ code: 'bad_field', detail, instrument, eventType })
}

/** Refuses an unknown message. */
export function unknown(detail: string): Result<never, FrameRefusal> {
  return err({ code: 'unknown_message', detail })
}
