import { Type, type Static, type TInteger, type TLiteral, type TObject, type TProperties } from '@sinclair/typebox'
import type { Rank } from './input-order.ts'
import type { Topic } from './topic.ts'

/** Where an event is kept as history: its table in libs/storage, and the name of its rows in metrics. */
export interface EventStore<As extends string = string> {
  readonly table: string
  readonly as: As
}

/** Which events of a kind only make trading stricter, and their topic. */
export interface TighteningRule<Event> {
  readonly topic: Topic
  readonly isStricter: (event: Event) => boolean
}

/** The complete definition of an event on the wire: everything else about it is derived from this, or checked against it. */
export interface EventDefinition<
  Tag extends string = string,
  Event = unknown,
  On extends Topic = Topic,
  Ranked extends Rank = Rank,
  As extends string = string,
> {
  readonly tag: Tag
  /** The version in its topic's name: within it only optional fields are added. */
  readonly version: number
  /** The event's number on the binary wire, 1-255: never reused, not even after the event is gone. */
  readonly wireNumber: number
  /** What the event means, in one sentence. */
  readonly doc: string
  /** Tag and sequence first, then the fields, in the order of the wire. */
  readonly schema: TObject
  readonly topic: On
  /** Where it goes instead when it only makes trading stricter. */
  readonly tightening?: TighteningRule<never>
  /** The key of its record. Payloads carry neither the account of the run nor the name of their producer. */
  readonly key: (event: never, account: string, producer: string) => string
  /** Place among the inputs of one time, and so its writer: commands, the data plane, the order plane, the strategy plane. */
  readonly rank: Ranked
  /** Absent: not stored. */
  readonly store?: EventStore<As>
  /** A valid example: tests build on it, and its golden file is written from it. */
  readonly example: Event
}

/** The type of an event, inferred from its definition. */
export type EventOf<Definition extends { readonly example: unknown }> = Definition['example']

type FieldsOf<Fields extends TProperties> = Readonly<Static<TObject<Fields>>>
type Defined<Tag extends string, Fields extends TProperties> = FieldsOf<{ type: TLiteral<Tag>; seq: TInteger } & Fields>

/**
 * Defines an event. Adds the fields that every event begins with: `type`, its tag, and `seq`, the emission order of its
 * producer, counted from 1.
 */
export function defineEvent<
  const Tag extends string,
  Fields extends TProperties,
  On extends Topic,
  Ranked extends Rank,
  const As extends string = never,
>(definition: {
  readonly tag: Tag
  readonly version: number
  readonly wireNumber: number
  readonly doc: string
  readonly schema: Fields
  readonly topic: On
  readonly tightening?: TighteningRule<FieldsOf<Fields>>
  readonly key: (event: FieldsOf<Fields>, account: string, producer: string) => string
  readonly rank: Ranked
  readonly store?: EventStore<As>
  readonly example: FieldsOf<Fields>
}): EventDefinition<Tag, Defined<Tag, Fields>, On, Ranked, As> {
  const { tag, doc, schema: fields, example } = definition
  const properties: TProperties = {
    type: Type.Literal(tag),
    seq: Type.Integer({ minimum: 0, description: 'emission order of the producer, one counter' }),
    ...fields,
  }
  const schema = Type.Object(properties, { $id: tag, description: doc })
  // The compiler does not add up mapped types of a type parameter.
  const whole = { type: tag, seq: 1, ...example } as unknown as Defined<Tag, Fields>
  return { ...definition, schema, example: whole }
}
