import { explainEvent, isEvent, topicOf, typesOn, type Event, type RecordRefusal } from '@triplane/contracts'
import { err, ok, type Result } from '@triplane/kernel'
import type { BusRecord } from '../bus.ts'

/** Why a record's bytes are not events: a code for the metric label, and a sentence "Expected X, was Y". */
export interface UndecodableRecord {
  readonly code: RecordRefusal
  readonly detail: string
}

const noEvents: readonly Event[] = []

/**
 * The events of a record that came from Kafka: a JSON array of events, or one event. Refuses, in this order, headers that
 * do not say who sent it (`bad_header`), what is not JSON, what is no event, and events of another topic. Watermarks
 * hold none.
 */
export function decodeRecord(record: BusRecord<Buffer>): Result<readonly Event[], UndecodableRecord> {
  if (record.watermark !== undefined) return ok(noEvents)
  if (record.producer === '')
    return err({
      code: 'bad_header',
      detail: 'Expected the headers run, producer, seq and ts, was without one of them',
    })

  let parsed: unknown
  try {
    parsed = JSON.parse(record.events.toString('utf8'))
  } catch {
    return err({ code: 'not_json', detail: `Expected JSON, was ${excerpt(record.events)}` })
  }
  const events: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed]
  if (events.length === 0) return err({ code: 'not_an_event', detail: 'Expected at least one event, was []' })
  for (const event of events) {
    if (!isEvent(event)) return err({ code: 'not_an_event', detail: explainEvent(event) })
    if (topicOf[event.type].name !== record.topic.name) {
      const detail = `Expected ${typesOn(record.topic).join(' or ')} on ${record.topic.name}, was ${event.type}`
      return err({ code: 'wrong_topic', detail })
    }
  }
  return ok(events as readonly Event[])
}

function excerpt(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1', 0, 40))
}
