import {
  encodeLine,
  KNOWN_CODES,
  eventDefinitions,
  rank,
  topics,
  typesOn,
  type EventDefinition,
  type Rank,
  type Topic,
  type TopicParty,
} from '@triplane/contracts'
import { code, table } from './markdown.ts'

const definitions: readonly EventDefinition[] = eventDefinitions
const allTopics: readonly Topic[] = Object.values(topics)

/** docs/events.md: every event and topic, from their definitions. */
export function eventsDocument(): string {
  return `${[intro, topicsSection(), rightsSection(), ...definitions.map(eventSection)].join('\n\n')}\n`
}

/** The golden file of each event: its example, one line. */
export function goldenFiles(): Map<string, string> {
  return new Map(
    eventDefinitions.map(({ tag, version, example }) => [
      `libs/contracts/test/golden/${tag}.v${version}.json`,
      `${encodeLine(example)}\n`,
    ]),
  )
}

const intro = `<!-- Made by \`npm run generate\` from the definitions in libs/contracts/src. -->

# Events and topics

Every event on the wire, in JSON, with its fields in the order of the wire. What lies on Kafka is binary ([wire.md](wire.md)), dead letters excepted;
\`triplane topic read TOPIC\` shows it as these lines, and who reads a topic takes JSON too. Each begins with \`type\`, its name, and \`seq\`, the emission order
of its producer. Within a version only optional fields are added; an optional field is absent, never null. Times are integer
microseconds since the epoch. Of *a code* those are listed that are known here; tomorrow's writer may have more, so whoever reads takes others too.`

function topicsSection(): string {
  const rows = allTopics.map((topic) => [
    code(topic.name),
    typesOn(topic).map(link).join(', '),
    topic.keyedBy,
    parties(topic.writers),
    parties(topic.readers),
    `${topic.batched ? 'batches' : 'one event'}${topic.isJson ? ', JSON' : ''}${topic.isUrgent ? ', urgent' : ''}`,
    topic.compacted ? 'the newest of each key' : hours(topic.retentionHours ?? 0),
  ])
  const text = `An edge is what a plane's service says and hears past its core. History is written by the planes themselves, not read off the bus.
What is urgent leaves before whatever else its writer has waiting.`
  const head = ['topic', 'holds', 'keyed by', 'written by', 'read by', 'a record', 'kept']
  return ['## Topics', text, table(head, rows)].join('\n\n')
}

/** The permissions that a broker with access control has to grant each service, by topic. */
function rightsSection(): string {
  const services = ['data-plane', 'strategy-plane', 'order-plane', 'command-line'] as const
  const touches = (among: readonly TopicParty[], service: string) =>
    among.some((party) => party === service || party === `${service}.edge`)
  const rows = services.map((service) => {
    const written = allTopics.filter(({ writers }) => touches(writers, service))
    const read = allTopics.filter(({ readers }) => touches(readers, service))
    return [service, names(written), names(read)]
  })
  const text = `What a broker with access control has to grant, beside Describe on every topic: Write and Read on what a service writes, since it looks at
its own end before it goes on, and Read on what it reads. Whoever starts first also needs Create. \`triplane topic read\` needs Read
on the topic that it reads; the command line writes nothing.`
  return ['## Rights at the broker', text, table(['service', 'writes', 'reads'], rows)].join('\n\n')
}

function eventSection({ tag, doc, schema, topic, tightening, rank: ranked, store }: EventDefinition): string {
  const rows = Object.entries(schema.properties)
    .slice(2)
    .map(([name, field]) => [
      code(name),
      typeOf(field),
      schema.required?.includes(name) ? '' : 'optional',
      field.description ?? '',
    ])
  const places = [
    `On \`${topic.name}\`${tightening ? ` (what only tightens on \`${tightening.topic.name}\`)` : ''}`,
    `rank ${rankNames[ranked]}`,
    store ? `kept in \`${store.table}\`` : 'not kept',
  ]
  return [`## ${tag}`, `${doc} ${places.join(', ')}.`, table(['field', 'type', '', 'meaning'], rows)].join('\n\n')
}

const rankNames = Object.fromEntries(Object.entries(rank).map(([name, value]) => [value, name])) as Record<Rank, string>

function typeOf(schema: { readonly [name: string]: unknown }): string {
  const known = schema[KNOWN_CODES]
  if (Array.isArray(known)) return `a code: ${known.map(code).join(' ')}`
  if (Array.isArray(schema['anyOf'])) {
    const variants = schema['anyOf'] as readonly (typeof schema)[]
    if (variants.some((one) => one['const'] === undefined)) return variants.map(typeOf).join(' or ')
    return variants.map((one) => code(one['const'] as string)).join(' ')
  }
  if (schema['type'] === 'array') return `list of ${typeOf(schema['items'] as typeof schema)}`
  if (schema['type'] === 'object') {
    const fields = Object.entries(schema['properties'] as Readonly<Record<string, typeof schema>>)
    return `(${fields.map(([name, field]) => `${code(name)} ${typeOf(field)}`).join(', ')})`
  }
  if (typeof schema['pattern'] === 'string') return 'decimal'
  return schema['type'] as string
}

function link(tag: string): string {
  return `[${tag}](#${tag.toLowerCase()})`
}

function parties(all: readonly TopicParty[]): string {
  return all.length === 0 ? 'nobody' : all.join('<br>')
}

function names(all: readonly Topic[]): string {
  return all.map(({ name }) => code(name)).join('<br>')
}

function hours(count: number): string {
  return count % 24 === 0 ? `${count / 24} d` : `${count} h`
}
