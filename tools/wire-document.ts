import {
  describeObject,
  eventDefinitions,
  layoutOf,
  wire,
  type DescribedField,
  type DescribedObject,
  type EventDefinition,
} from '@triplane/contracts'
import { code, table } from './markdown.ts'

const definitions: readonly EventDefinition[] = eventDefinitions
const described = definitions.map(({ tag, version, wireNumber, schema }) => ({
  tag,
  version,
  number: wireNumber,
  ...describeObject(layoutOf(schema)),
}))

/** docs/wire.json: the layout of every event, for readers in other languages. */
export function wireLayouts(): string {
  return `${JSON.stringify(described, null, 2)}\n`
}

/** docs/wire.md: the binary wire, with offsets. */
export function wireDocument(): string {
  return `${[intro, ...described.map(eventSection)].join('\n\n')}\n`
}

/** The golden bytes of each event: a record of its example, as 8-byte words in hex. */
export function goldenWireFiles(): Map<string, string> {
  return new Map(
    eventDefinitions.map(({ tag, version, example }) => [
      `libs/contracts/test/golden/${tag}.v${version}.hex`,
      `${(wire.encodeRecord([example]).toString('hex').match(/.{16}/g) ?? []).join(' ')}\n`,
    ]),
  )
}

/**
 * The forbidden differences between layouts and the published ones, `docs/wire.json`: within a version a field keeps its place
 * and a choice its index, and a number stays with its event.
 */
export function wireBreaks(published: string): readonly string[] {
  const before = JSON.parse(published) as typeof described
  return before.flatMap((old) => {
    const now = described.find(({ number }) => number === old.number)
    if (now === undefined || (now.tag === old.tag && now.version > old.version)) return []
    if (now.tag !== old.tag || now.version !== old.version)
      return [`number ${old.number} is that of ${old.tag} v${old.version}`]
    return breaksIn(old, now, old.tag)
  })
}

function breaksIn(old: DescribedObject, now: DescribedObject, path: string): readonly string[] {
  const closes = old.closed === now.closed ? [] : [`${path} takes other fields, or does no more`]
  return closes.concat(
    old.fields.flatMap((field) => {
      const at = `${path}/${field.name}`
      const same = now.fields.find(({ name }) => name === field.name)
      if (same === undefined) return [`${at} is gone`]
      const inner = field.object && same.object ? breaksIn(field.object, same.object, at) : []
      const place = ({ kind, at, presence, bit }: DescribedField) => [kind, at, presence, bit].join()
      const choices = (field.choices ?? []).every((choice, i) => same.choices?.[i] === choice)
      return place(field) === place(same) && choices
        ? inner
        : [`${at} has moved: fields and choices are added at the end`]
    }),
  )
}

const intro = `<!-- Made by \`npm run generate\` from the definitions in libs/contracts/src. -->

# The binary wire

What lies on Kafka, dead letters excepted, and what the run's hash is made of: \`wire\` of libs/contracts writes and reads it.
\`triplane topic read TOPIC\` shows it as JSON. The same events in
JSON, for people: [events.md](events.md). These tables as data: [wire.json](wire.json); a reader in Python: [wire-reader.py](wire-reader.py).
Why it is as it is: [ADR 22](adr/0022-events-are-binary.md).

All numbers are little-endian, everything begins at a multiple of 8 bytes (a *word*) and is filled up with zeros.

## A record

| bytes | what |
| --- | --- |
| 0-3 | \`TPW\` and the version of the format, 1; no JSON begins so |
| 4-7 | number of events |
| 8-15 | digest of the layouts that the writer had; for people, it refuses nothing |
| 16-19 | words of the events |
| 20-23 | number of labels |
| 24- | the events, one behind the other |
| behind them | the labels, numbered from 0: 4 bytes length, UTF-8, each filled up to its word |

## An object

Events, items of lists and inner objects are objects: a *head*, a *fixed part*, a *tail*.

| bytes | what |
| --- | --- |
| 0 | number of the event; 0 of what is no event |
| 1 | version of the event; 0 of what is no event |
| 2-3 | words of head and fixed part |
| 4-7 | words of the whole object |
| 8- | the fixed part: a place for each field, at the offset that its table says |
| behind it | the tail: texts, numbers, items and inner objects, in the order of the fields, each from a word on |

| kind | in the fixed part | in the tail |
| --- | --- | --- |
| number | a double, 8 bytes; -0 is written as 0 | |
| flag | one bit | |
| choice | index in its list, 1 byte | |
| label | number of a label of the record, 2 bytes | |
| text | length in bytes, 4 bytes | UTF-8 |
| id | a double; or, where its bit is set, the length of a text, 4 bytes | the UTF-8 of a text |
| numbers | how many, 4 bytes | doubles |
| list | how many, 4 bytes | objects; items that are none are objects of one field, \`item\` |
| object | | the object |

Bits are numbered from the first bit of the object: bit 162 is bit 2, value 4, of byte 20. An optional field is there when its bit *present*
is set. The fixed part ends behind the last field that is there, so it may be shorter than the table: what lies behind its end is absent.
It may be longer too, written by a later build of the same version: pass over what you do not know, by the words of the head. Fields, and
choices of a list, are added at the end. An object that is *closed* takes no unknown field. An unknown number or version of an event
is refused as \`unknown_schema\`. A text may hold half of a surrogate pair, in three bytes (WTF-8), where a venue sent that.

In the hash the events of a plane follow each other without heads of records. Its labels are numbered through the run; one that is said
for the first time is written, as in a record, behind the event that says it.`

function eventSection({ tag, version, number, ...object }: (typeof described)[number]): string {
  const head = ['field', 'kind', 'offset', 'present', 'bit', 'of']
  return [`## ${tag}`, `Number ${number}, version ${version}.`, table(head, rows(object, ''))].join('\n\n')
}

function rows({ fields }: DescribedObject, prefix: string): readonly (readonly string[])[] {
  return fields.flatMap(({ name, kind, at, presence, bit, choices, object }) => [
    [
      code(`${prefix}${name}`),
      kind,
      `${at ?? ''}`,
      `${presence ?? ''}`,
      `${bit ?? ''}`,
      `${(choices ?? []).map(code).join(' ')}${object?.closed ? 'closed' : ''}`,
    ],
    ...(object ? rows(object, `${prefix}${name}.`) : []),
  ])
}
