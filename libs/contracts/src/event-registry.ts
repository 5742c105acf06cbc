import type { TObject } from '@sinclair/typebox'
import { TypeCompiler, type TypeCheck } from '@sinclair/typebox/compiler'
import { invariant } from '@triplane/kernel'
import type { EventDefinition, EventOf, TighteningRule } from './define-event.ts'
import { describeValue } from './describe-value.ts'
import { lineEncoder, type Encoder } from './encode-line.ts'
import type { Topic } from './topic.ts'

type Definitions = readonly EventDefinition[]
type AnyEvent = { readonly type: string }

/** Everything that a list of definitions says about its events: each by its tag, by direct look-up. */
export interface EventRegistry<All extends Definitions> {
  readonly definitionOf: { readonly [D in All[number] as D['tag']]: D }
  readonly topicOf: { readonly [D in All[number] as D['tag']]: D['topic'] }
  readonly rankOf: { readonly [D in All[number] as D['tag']]: D['rank'] }
  /** The topic of an event: `topicOf` its type, or that of what only makes trading stricter. */
  readonly topicFor: (event: EventOf<All[number]>) => Topic
  /** The tags of the events on a topic. */
  readonly typesOn: (topic: { readonly name: string }) => readonly All[number]['tag'][]
  /** The key of an event's record. Payloads carry neither the account of the run nor the name of their producer. */
  readonly keyOf: (event: EventOf<All[number]>, account: string, producer: string) => string
  /** True when `value` is an event that fits the schema of its own tag. */
  readonly isEvent: (value: unknown) => value is EventOf<All[number]>
  /** What is wrong with `value` as an event, for people: "quote/bid: Expected number, was string". */
  readonly explainEvent: (value: unknown) => string
  /**
   * The canonical line of an event, for people and golden files: JSON in the schema's field order, without absent fields,
   * fields that the schema does not name, or line breaks; numbers as JavaScript prints them.
   */
  readonly encodeLine: (event: EventOf<All[number]>) => string
}

/** Builds a registry from a list of definitions. Throws when two share a tag. Compiles checks and encoders on first use. */
export function createEventRegistry<const All extends Definitions>(definitions: All): EventRegistry<All> {
  const definitionOf = Object.fromEntries(definitions.map((definition) => [definition.tag, definition]))
  invariant(Object.keys(definitionOf).length === definitions.length, 'each event has a tag of its own')
  const each = <Value>(read: (definition: EventDefinition) => Value): Record<string, Value> =>
    Object.fromEntries(definitions.map((definition) => [definition.tag, read(definition)]))
  const keys = each(({ key }) => key as (event: AnyEvent, account: string, producer: string) => string)
  const tightening = each((definition) => definition.tightening as TighteningRule<AnyEvent> | undefined)
  const encoders: Record<string, Encoder | undefined> = {}
  const checks = new Map<string, TypeCheck<TObject>>()

  function checkOf(tag: string): TypeCheck<TObject> {
    let check = checks.get(tag)
    if (!check) {
      check = TypeCompiler.Compile((definitionOf[tag] as EventDefinition).schema)
      checks.set(tag, check)
    }
    return check
  }

  function tagOf(value: unknown): string | undefined {
    if (typeof value !== 'object' || value === null || !('type' in value)) return undefined
    const { type } = value
    return typeof type === 'string' && Object.hasOwn(definitionOf, type) ? type : undefined
  }

  const registry = {
    definitionOf,
    topicOf: each(({ topic }) => topic),
    rankOf: each(({ rank }) => rank),
    topicFor(event: AnyEvent) {
      const rule = tightening[event.type]
      return rule?.isStricter(event) ? rule.topic : (definitionOf[event.type] as EventDefinition).topic
    },
    typesOn: ({ name }: { readonly name: string }) =>
      definitions
        .filter((definition) => definition.topic.name === name || definition.tightening?.topic.name === name)
        .map(({ tag }) => tag),
    keyOf: (event: AnyEvent, account: string, producer: string) =>
      (keys[event.type] as (typeof keys)[string])(event, account, producer),
    isEvent(value: unknown) {
      const tag = tagOf(value)
      return tag !== undefined && checkOf(tag).Check(value)
    },
    explainEvent(value: unknown) {
      const tag = tagOf(value)
      if (tag === undefined) return `Expected an event with a known type, was ${describeValue(value)}`
      const first = checkOf(tag).Errors(value).First()
      return first ? `${tag}${first.path}: ${first.message}, was ${describeValue(first.value)}` : `${tag} is valid`
    },
    encodeLine(event: AnyEvent) {
      let encode = encoders[event.type]
      if (!encode) encode = encoders[event.type] = lineEncoder((definitionOf[event.type] as EventDefinition).schema)
      return encode(event)
    },
  }
  return registry as unknown as EventRegistry<All>
}
