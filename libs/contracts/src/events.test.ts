import type { TObject, TSchema } from '@sinclair/typebox'
import type { EventDefinition } from './define-event.ts'
import { cancelReasons, isKnownCode } from './codes.ts'
import {
  definitionOf,
  effectUsOf,
  eventDefinitions,
  isEvent,
  keyOf,
  topicFor,
  topicOf,
  typesOn,
  type EventDraft,
} from './event.ts'
import type { CancelIntent } from './events/cancel-intent.ts'
import { KNOWN_CODES } from './fields.ts'
import { topics, topicsAwaitedOf, topicsReadBy, topicsWrittenBy } from './topics.ts'
import type { Topic } from './topic.ts'

const definitions: readonly EventDefinition[] = eventDefinitions
const all: readonly Topic[] = Object.values(topics)

describe.each(definitions.map((definition) => [definition.tag, definition] as const))('%s', (tag, definition) => {
  it("has the version in its topic's name", () => {
    expect(definition.topic.name).toMatch(new RegExp(`\\.v${definition.version}$`))
  })

  it('is on a listed topic', () => {
    expect(all).toContain(definition.topic)
  })

  it('documents itself and each of its fields', () => {
    expect(definition.doc).toMatch(/^[A-Z].*\.$/s)
    expect(undescribed(definition.schema)).toEqual([])
  })

  it('has a valid example, with an effect time and a key', () => {
    expect(isEvent(definition.example)).toBe(true)
    const event = definition.example as Parameters<typeof keyOf>[0]
    expect(event.type).toBe(tag)
    expect(effectUsOf(event)).toBeGreaterThan(0)
    expect(keyOf(event, 'account', 'data-plane')).not.toBe('')
  })

  it('has a key that depends on the account or the producer only if its topic is keyed by it', () => {
    const event = definition.example as Parameters<typeof keyOf>[0]
    const isOfAccount = ['account', 'switch'].includes(definition.topic.keyedBy)
    expect(keyOf(event, 'an account', 'one') === keyOf(event, 'another', 'one')).toBe(!isOfAccount)
    const isOfProducer = definition.topic.keyedBy === 'producer'
    expect(keyOf(event, 'an account', 'one') === keyOf(event, 'an account', 'other')).toBe(!isOfProducer)
  })
})

describe('an id given by a venue', () => {
  const { tradeId: _, ...trade } = definitionOf.trade.example

  it.each([1, 2 ** 53 - 1, '1', 'T-1', 'x'.repeat(64)])('may be %p', (tradeId) => {
    expect(isEvent({ ...trade, tradeId })).toBe(true)
  })

  it.each([1.5, '', 'x'.repeat(65), null, true])('is never %p', (tradeId) => {
    expect(isEvent({ ...trade, tradeId })).toBe(false)
  })

  it.each([
    { tag: 'trade', ids: ['tradeId'] },
    { tag: 'quote', ids: ['updateId'] },
    { tag: 'bookDelta', ids: ['firstUpdateId', 'lastUpdateId', 'prevUpdateId'] },
    { tag: 'bookSnapshot', ids: ['lastUpdateId'] },
  ] as const)('may be absent from a $tag', ({ tag, ids }) => {
    const fields: Record<string, unknown> = { ...definitionOf[tag].example }
    for (const id of ids) {
      expect(fields).toHaveProperty(id)
      delete fields[id]
    }
    expect(isEvent(fields)).toBe(true)
  })
})

describe('a code on the wire', () => {
  const coded = definitions.flatMap(({ tag, schema, example }) =>
    Object.entries(schema.properties).flatMap(([name, field]) => {
      const known: unknown = field[KNOWN_CODES]
      return Array.isArray(known) ? [{ tag, name, known: known as readonly string[], example }] : []
    }),
  )

  it.each(coded)('$tag/$name may be one that is unknown here', ({ name, known, example }) => {
    expect(isEvent({ ...(example as object), [name]: 'of_tomorrow' })).toBe(true)
    expect(isKnownCode(known, 'of_tomorrow')).toBe(false)
    for (const value of ['', 7, null, 'x'.repeat(65)])
      expect(isEvent({ ...(example as object), [name]: value })).toBe(false)
  })

  it.each(coded)('$tag/$name has what its example says', ({ name, known, example }) => {
    const value = (example as Readonly<Record<string, string | undefined>>)[name]
    if (value !== undefined) expect(known).toContain(value)
  })

  it('must be in the list where our own code makes it', () => {
    // @ts-expect-error it is not in the list
    const draft: EventDraft<CancelIntent> = { ...definitionOf.cancelIntent.example, reason: 'of_tomorrow' }
    expect(isKnownCode(cancelReasons, draft.reason)).toBe(false)
  })

  it.each([
    { ...definitionOf.operatorCommand.example, command: 'of_tomorrow' },
    { ...definitionOf.killSwitch.example, switchType: 'of_tomorrow' },
    { ...definitionOf.tradingCondition.example, condition: 'of_tomorrow' },
    { ...definitionOf.tradingCondition.example, state: 'of_tomorrow' },
    { ...definitionOf.orderIntent.example, side: 'of_tomorrow' },
    { ...definitionOf.run.example, mode: 'of_tomorrow' },
  ])('is refused where it decides whether and how we trade: $type', (event) => {
    expect(isEvent(event)).toBe(false)
  })
})

describe('topics', () => {
  it.each(all.map((topic) => [topic.name, topic] as const))('%s carries an event and has a unique name', (name) => {
    expect(typesOn({ name })).not.toEqual([])
    expect(all.filter((topic) => topic.name === name)).toHaveLength(1)
  })

  it.each(all.map((topic) => [topic.name, topic] as const))('%s is either compacted or has a retention', (_, topic) => {
    expect(topic.compacted).toBe(topic.retentionHours === undefined)
  })

  it('have no readers without a writer', () => {
    expect(all.filter(({ writers, readers }) => writers.length === 0 && readers.length > 0)).toEqual([])
  })

  it('are listed by writer and by reader', () => {
    expect(topicsWrittenBy('order-plane')).toEqual([topics.orders, topics.fills])
    expect(topicsAwaitedOf('strategy-plane')).toEqual([topics.intents, topics.killSwitch])
    expect(topicsReadBy('command-line')).toEqual([topics.runs, topics.audit])
  })

  it.each([
    ['halt', topics.halts],
    ['reduce', topics.halts],
    ['resume', topics.commands],
    ['rearm', topics.commands],
  ] as const)('of what tightens and of what loosens are two: %s', (command, topic) => {
    expect(topicFor({ ...definitionOf.operatorCommand.example, command })).toBe(topic)
  })

  it('are found by type', () => {
    expect(topicOf.bookSnapshot).toBe(topics.market)
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
