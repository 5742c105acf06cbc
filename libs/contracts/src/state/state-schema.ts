import {
  KindGuard,
  Type,
  type ArrayOptions,
  type Static,
  type TLiteral,
  type TNull,
  type TObject,
  type TProperties,
  type TSchema,
  type TTuple,
  type TUnion,
  type TUnsafe,
} from '@sinclair/typebox'
import { definitionOf, type Event, type EventType } from '../event.ts'

/** The state of a stage, inferred from its schema. */
export type StateOf<Schema extends TSchema> = Readonly<Static<Schema>>

/** A schema of saved state. */
export type StateSchema = TSchema

/** The type of the state's own fields, without those that others add. */
export type StateOfFields<Fields extends TProperties> = StateOf<TObject<Fields>>

/** A schema for values of a given type. */
export type SchemaOf<Value> = TUnsafe<Value>

/**
 * The schema of a stage's saved state: every field is required, and no other is allowed. An absent value is `null` rather than
 * left out, so that a lost field is noticed.
 */
export function stateSchema<const Fields extends TProperties>(fields: Fields): TObject<Fields> {
  return Type.Object(fields, { additionalProperties: false })
}

/** True for what is a schema of saved state. */
export function isStateSchema(value: unknown): value is StateSchema {
  return KindGuard.IsSchema(value)
}

const saved = new Map<EventType, TSchema>()

/** The schema of a saved event: that of the wire, with no other fields. */
function savedEvent(type: EventType): TSchema {
  let schema = saved.get(type)
  if (!schema) {
    schema = { ...closed(definitionOf[type].schema), $id: `saved ${type}` }
    saved.set(type, schema)
  }
  return schema
}

function closed(schema: TSchema): TSchema {
  if (schema['type'] === 'object') {
    const properties = Object.entries(schema['properties'] as TProperties)
    return {
      ...schema,
      additionalProperties: false,
      properties: Object.fromEntries(properties.map(([name, property]) => [name, closed(property)])),
    }
  }
  if (schema['type'] === 'array') return { ...schema, items: closed(schema['items'] as TSchema) }
  return schema
}

type Literals<Values extends readonly string[]> = TUnion<
  [...{ [Index in keyof Values]: TLiteral<Values[Index] & string> }]
>
type Counts<Keys extends readonly string[]> = TUnsafe<Record<Keys[number], number>>

/** A count of 0 for each of a closed list. */
export function zeroCounts<const Keys extends readonly string[]>(keys: Keys): Record<Keys[number], number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<Keys[number], number>
}

/** The fields of saved state. Times are integer microseconds of market time, units are fixed-point integers. */
export const field = {
  timeUs: Type.Integer(),
  /** A whole number from 0 on. */
  count: Type.Integer({ minimum: 0 }),
  integer: Type.Integer(),
  /** A finite number: analytics. */
  real: Type.Number(),
  flag: Type.Boolean(),
  text: Type.String(),
  /** A fixed-point number as the decimal string of its units. */
  units: Type.String({ pattern: '^-?\\d+$' }),

  /** One of a closed list. */
  oneOf: <const Values extends readonly string[]>(values: Values): Literals<Values> =>
    Type.Union(values.map((value) => Type.Literal(value))) as unknown as Literals<Values>,
  literal: <const Value extends string | number>(value: Value): TLiteral<Value> => Type.Literal(value),
  list: <Schema extends TSchema>(items: Schema, options?: ArrayOptions): TUnsafe<readonly Static<Schema>[]> =>
    Type.Unsafe<readonly Static<Schema>[]>(Type.Array(items, options)),
  tuple: <Schemas extends TSchema[]>(items: [...Schemas]): TTuple<Schemas> => Type.Tuple(items),
  /** One of several shapes. */
  either: <Schemas extends TSchema[]>(variants: [...Schemas]): TUnion<Schemas> =>
    Type.Union(variants) as unknown as TUnion<Schemas>,
  /** A value that may be absent: `null` then. */
  orNull: <Schema extends TSchema>(schema: Schema): TUnion<[Schema, TNull]> => Type.Union([schema, Type.Null()]),
  /** One count for each of a closed list. */
  countsOf: <const Keys extends readonly string[]>(keys: Keys): Counts<Keys> =>
    Type.Unsafe<Record<Keys[number], number>>(
      stateSchema(Object.fromEntries(keys.map((key) => [key, Type.Integer({ minimum: 0 })]))),
    ),
  /** An event of one of these types, as on the wire. */
  event: <const Types extends readonly EventType[]>(
    ...types: Types
  ): TUnsafe<Extract<Event, { readonly type: Types[number] }>> =>
    Type.Unsafe<Extract<Event, { readonly type: Types[number] }>>(Type.Union(types.map(savedEvent))),
  /** A schema whose type is more precise than JSON. */
  as: <Value>(schema: TSchema): TUnsafe<Value> => Type.Unsafe<Value>(schema),
} as const
