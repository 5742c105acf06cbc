import { err, hashId, invariant, ok, type Result } from '@triplane/kernel'
import type { EventDefinition, EventOf } from '../define-event.ts'
import { eventCodec, type ObjectCodec } from './object-codec.ts'
import { layoutOf, WORD } from './wire-layout.ts'
import { describeObject } from './wire-description.ts'
import { WireReader } from './wire-reader.ts'
import { HEAD_BYTES, WIRE_MAGIC, WireRecord } from './wire-record.ts'
import type { Labels, WireWriter } from './wire-writer.ts'

/**
 * Why bytes are not a record of events: truncated or of another format (`bad_record`); an event or a version that this build
 * does not have (`unknown_schema`); an event that does not fit its schema (`not_an_event`).
 */
interface WireRefusal {
  readonly code: 'bad_record' | 'unknown_schema' | 'not_an_event'
  readonly detail: string
}

/** What the codec needs of an event; also of what is no event of a topic: an entry of a log. */
export type WireDefinition = Pick<EventDefinition, 'tag' | 'version' | 'wireNumber' | 'schema' | 'example'>

/** The binary codec of a list of events: docs/wire.md. */
export interface WireCodec<Event> {
  /** Appends one event to the writer; new labels get the next numbers. */
  readonly encodeEvent: (event: Event, writer: WireWriter, labels: Labels) => void
  /** Opens a record to which events are added. */
  readonly openRecord: () => WireRecord<Event>
  /** A record of events, with its dictionary. */
  readonly encodeRecord: (events: readonly Event[]) => Buffer
  /**
   * The events of a record, at least one, each checked as `isEvent` does. Skips fields and words of later builds. With `heard`,
   * gives the events of these types only, perhaps none, and passes over the others by their length, without a look inside.
   */
  readonly decodeRecord: (bytes: Buffer, heard?: ReadonlySet<string>) => Result<readonly Event[], WireRefusal>
  /** Digest of the layouts of all events, 16 hex digits: identifies the build that wrote a record. It refuses nothing. */
  readonly digest: () => string
}

/**
 * Creates the codec of a list of events; compiles the encoder and decoder of each on first use. Throws when two share a number.
 */
export function createWireCodec<const All extends readonly WireDefinition[]>(
  definitions: All,
  {
    isEvent,
    explainEvent,
  }: { readonly isEvent: (value: unknown) => boolean; readonly explainEvent: (value: unknown) => string },
): WireCodec<EventOf<All[number]>> {
  type Event = EventOf<All[number]> & { readonly type: string }
  const byTag: Record<string, ObjectCodec | undefined> = {}
  const byHead: (ObjectCodec | undefined)[] = []
  const tagByHead: (string | undefined)[] = []
  const definitionOf = new Map(definitions.map((definition) => [definition.tag, definition]))
  const numbered = new Map(definitions.map((definition) => [definition.wireNumber, definition]))
  invariant(numbered.size === definitions.length, 'each event has a number of its own')
  for (const definition of definitions) tagByHead[headOf(definition)] = definition.tag
  let digest: string | undefined

  function codecOf(definition: WireDefinition): ObjectCodec {
    const { tag, schema } = definition
    const head = headOf(definition)
    const codec = eventCodec(schema, tag, head)
    byTag[tag] = byHead[head] = codec
    return codec
  }

  function known(head: number): ObjectCodec | string {
    const [number, version] = [head & 0xff, head >> 8]
    const definition = numbered.get(number)
    if (definition === undefined) return `Expected an event that is known, was number ${number}`
    if (definition.version === version) return codecOf(definition)
    return `Expected version ${definition.version} of ${definition.tag}, was ${version}`
  }

  function digestOf(): string {
    digest ??= hashId(
      JSON.stringify(
        definitions.map(({ tag, version, wireNumber, schema }) => [
          tag,
          version,
          wireNumber,
          describeObject(layoutOf(schema)),
        ]),
      ),
    )
    return digest
  }

  function encodeEvent(event: Event, into: WireWriter, labels: Labels): void {
    const codec = byTag[event.type] ?? codecOf(definitionOf.get(event.type) as WireDefinition)
    codec.encode(event, into, labels)
  }

  const openRecord = () => new WireRecord<Event>(encodeEvent, digestOf())

  function encodeRecord(events: readonly Event[]): Buffer {
    const record = openRecord()
    record.add(events)
    return record.finish()
  }

  function decodeRecord(bytes: Buffer, heard?: ReadonlySet<string>): Result<readonly Event[], WireRefusal> {
    const reader = new WireReader(bytes)
    const { view } = reader
    if (bytes.length < HEAD_BYTES || view.getUint32(0, true) !== WIRE_MAGIC)
      return bad(`Expected a record of the format ${WIRE_MAGIC >>> 24}, was ${bytes.toString('hex', 0, 8)}`)
    const count = view.getUint32(4, true)
    const end = HEAD_BYTES + view.getUint32(16, true) * WORD
    if (end > bytes.length) return bad(`Expected ${end} bytes of events, was ${bytes.length}`)
    if (count === 0) return bad('Expected at least one event, was none')
    reader.labels = readLabels(reader, end, view.getUint32(20, true))
    if (reader.problem !== undefined) return bad(reader.problem)

    const events: Event[] = []
    let at = HEAD_BYTES
    for (let i = 0; i < count; i++) {
      if (at + WORD > end) return bad(`Expected ${count} events, was ${i}`)
      const head = view.getUint16(at, true)
      const tag = tagByHead[head]
      if (heard !== undefined && tag !== undefined && !heard.has(tag)) {
        const words = view.getUint32(at + 4, true)
        if (words === 0 || words * WORD > end - at) return bad(`${tag}: Expected an event, was ${words} words`)
        at += words * WORD
        continue
      }
      const codec = byHead[head] ?? known(head)
      if (typeof codec === 'string')
        return refuse('unknown_schema', `${codec}: schemas ${bytes.toString('hex', 8, 16)}, here ${digestOf()}`)
      const event = codec.decode(reader, at, end) as Event | undefined
      if (reader.problem !== undefined || event === undefined)
        return bad(reader.problem ?? 'Expected an event, was none')
      if (reader.isWrong && !isEvent(event)) return refuse('not_an_event', explainEvent(event))
      events.push(event)
      at = reader.next
    }
    if (at !== end) return bad(`Expected ${count} events, was more behind them`)
    return ok(events)
  }

  return { encodeEvent, openRecord, encodeRecord, decodeRecord, digest: digestOf } as unknown as WireCodec<
    EventOf<All[number]>
  >
}

/** The first two bytes of an event: its number and its version. */
function headOf({ wireNumber, version }: WireDefinition): number {
  invariant(wireNumber > 0 && wireNumber < 256 && version > 0 && version < 256, 'number and version are 1-255')
  return wireNumber | (version << 8)
}

function readLabels(reader: WireReader, start: number, count: number): readonly string[] {
  const { bytes, view } = reader
  const labels: string[] = []
  let at = start
  for (let i = 0; i < count; i++) {
    const length =
      at + WORD <= bytes.length ? view.getUint32(at, true) : reader.fail(`Expected ${count} labels, was ${i}`)
    if (length === undefined) return labels
    labels.push(reader.text(at + 4, length, bytes.length))
    if (reader.problem !== undefined) return labels
    at += Math.ceil((length + 4) / WORD) * WORD
  }
  if (at !== bytes.length) reader.fail(`Expected ${count} labels, was more behind them`)
  return labels
}

const refuse = (code: WireRefusal['code'], detail: string) => err({ code, detail })
const bad = (detail: string) => refuse('bad_record', detail)
