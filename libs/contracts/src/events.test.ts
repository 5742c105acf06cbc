import type { TObject, TSchema } from '@sinclair/typebox'
import type { EventDefinition } from './define-event.ts'
import { effectUsOf, eventDefinitions, isEvent, keyOf, topicOf, typesOn } from './event.ts'
import { topics, topicsAwaitedOf, topicsReadBy, topicsWrittenBy } from './topics.ts'
import type { Topic } from './topic.ts'

const definitions: readonly EventDefinition[] = eventDefinitions
const all: readonly Topic[] = Object.values(topics)

describe.each(definitions.map((definition) => [definition.tag, definition] as const))('%s', (tag, definition) => {
  it('has the version of its topic', () => {
    expect(definition.topic.name).toMatch(new RegExp(`\\.v${definition.version}$`))
  })

  it('is on a topic of the list', () => {
    expect(all).toContain(definition.topic)
  })

  it('says what it is and what each field is', () => {
    expect(definition.doc).toMatch(/^[A-Z].*\.$/s)
    expect(undescribed(definition.schema)).toEqual([])
  })

  it('has an example that is valid, with a time of effect and a key', () => {
    expect(isEvent(definition.example)).toBe(true)
    const event = definition.example as Parameters<typeof keyOf>[0]
    expect(event.type).toBe(tag)
    expect(effectUsOf(event)).toBeGreaterThan(0)
    expect(keyOf(event, 'account')).not.toBe('')
  })

  it('has the account in its key, or in none of its own fields, as its topic is keyed', () => {
    const event = definition.example as Parameters<typeof keyOf>[0]
    const isOfAccount = ['account', 'switch'].includes(definition.topic.keyedBy)
    expect(keyOf(event, 'an account') === keyOf(event, 'another')).toBe(!isOfAccount)
  })
})

describe('topics', () => {
  it.each(all.map((topic) => [topic.name, topic] as const))('%s holds something, and has a name of its own', (name) => {
    expect(typesOn({ name })).not.toEqual([])
    expect(all.filter((topic) => topic.name === name)).toHaveLength(1)
  })

  it.each(all.map((topic) => [topic.name, topic] as const))('%s is compacted or forgets', (_, topic) => {
    expect(topic.compacted).toBe(topic.retentionHours === undefined)
  })

  it('are read by nobody when nobody writes them', () => {
    expect(all.filter(({ writers, readers }) => writers.length === 0 && readers.length > 0)).toEqual([])
  })

  it('are those of their writers and readers', () => {
    expect(topicsWrittenBy('order-plane')).toEqual([topics.orders, topics.fills])
    expect(topicsAwaitedOf('strategy-plane')).toEqual([topics.intents, topics.killSwitch])
    expect(topicsReadBy('command-line')).toEqual([topics.runs, topics.audit])
  })

  it('are found by type', () => {
    expect(topicOf.bookSnapshot).toBe(topics.books)
  })
})

/** Paths of fields that have no description. */
function undescribed(schema: TObject, path = ''): string[] {
  return Object.entries(schema.properties).flatMap(([name, field]) => {
    if (name === 'type' || field.description !== undefined || isNested(field)) return []
    return [`${path}/${name}`]
  })
}

function isNested(schema: TSchema): boolean {
  return schema['type'] === 'array' || schema['type'] === 'object'
}
