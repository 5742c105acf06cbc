import { Type, type TObject, type TSchema } from '@sinclair/typebox'
import { invariant } from '@triplane/kernel'
import { IS_LABEL, KNOWN_CODES } from '../fields.ts'

/** The kind of a field on the binary wire, and so the size of its place in the fixed part. */
type WireKind =
  /** A double: integers too, exact to 2^53. */
  | 'number'
  /** A bit of a byte of flags. */
  | 'flag'
  /** One of a closed list: a byte, its index. */
  | 'choice'
  /** A text of the record's dictionary: its index, 2 bytes. */
  | 'label'
  /** A text of its own: its length in bytes here, 4 bytes; its UTF-8 in the tail. */
  | 'text'
  /** An integer as a double, or, where its second bit is set, a text: 8 bytes. */
  | 'id'
  /** Doubles: their number here, 4 bytes; the values in the tail. */
  | 'numbers'
  /** Objects: their number here, 4 bytes; the objects in the tail. */
  | 'list'
  /** An object in the tail, without a place here. */
  | 'object'

/** A bit of a byte of flags. */
export interface WireBit {
  /** Offset of the byte from the start of the object. */
  readonly at: number
  /** 0-7. */
  readonly bit: number
}

/** Where and how a field lies in its object. */
export interface WireField {
  readonly name: string
  readonly kind: WireKind
  /** Offset of its place from the start of the object, bytes; for a flag that of its byte; 0 for an object. */
  readonly at: number
  /** Set when the field is present; absent for a field that always is. */
  readonly presence?: WireBit
  /** The value of a flag; for an id: set for a text. */
  readonly bit?: WireBit
  /** For a choice: the list, by index. */
  readonly choices?: readonly string[]
  /** For objects. Items that are not objects become objects of one field, `item`. */
  readonly object?: WireObject
  readonly wraps?: boolean
  readonly schema: TSchema
}

/** How the fields of an object lie: a head of one word, the fixed part in words of 8 bytes, the tail. */
export interface WireObject {
  readonly fields: readonly WireField[]
  /** Words of the head and the fixed part: with every field, and with the required ones only. */
  readonly words: number
  readonly leastWords: number
  /** Any other field is refused. */
  readonly isClosed: boolean
  /** Unused bytes of the fixed part, and unused bits of its bytes of flags. */
  readonly unused: readonly number[]
  readonly flags: readonly { readonly at: number; readonly mask: number }[]
}

/** Bytes of a word, and of the head of every object. */
export const WORD = 8
const sizes = { number: 8, flag: 0, choice: 1, label: 2, text: 4, id: 8, numbers: 4, list: 4, object: 0 } as const

/**
 * Lays out the fields of an object in the order of its schema: each takes the first free place that fits, so adding one at the
 * end of the schema moves none. Throws for a schema without a layout.
 */
export function layoutOf(schema: TObject): WireObject {
  const places = new Places()
  const required = new Set(schema.required)
  const fields: WireField[] = []
  let leastWords = 1
  for (const [name, property] of Object.entries(schema.properties)) {
    if (property['const'] !== undefined) continue
    const kind = kindOf(property)
    const isOptional = !required.has(name)
    const presence = isOptional ? places.bit() : undefined
    const bit = kind === 'flag' || kind === 'id' ? places.bit() : undefined
    const at = kind === 'flag' && bit ? bit.at : places.take(sizes[kind])
    const object = kind === 'object' ? property : kind === 'list' ? (property['items'] as TSchema) : undefined
    const wraps = object !== undefined && object['type'] !== 'object'
    fields.push({
      name,
      kind,
      at,
      schema: property,
      ...(presence && { presence }),
      ...(bit && { bit }),
      ...(kind === 'choice' && { choices: choicesOf(property) }),
      ...(object && { object: layoutOf(wraps ? Type.Object({ item: object }) : (object as TObject)), wraps }),
    })
    if (!isOptional) leastWords = places.words
  }
  const isClosed = schema['additionalProperties'] === false
  return { fields, words: places.words, leastWords, isClosed, unused: places.free(), flags: places.flags }
}

/** The schema keywords that are supported: a reader checks all of them. */
const understood: ReadonlySet<string> = new Set([
  ...['type', 'description', 'const', 'anyOf', 'items', 'properties', 'required', 'additionalProperties'],
  ...['minimum', 'maximum', 'minLength', 'maxLength', 'pattern', 'minItems', 'maxItems', KNOWN_CODES, IS_LABEL],
])

function kindOf(schema: TSchema): WireKind {
  const unknown = Object.keys(schema).find((keyword) => !understood.has(keyword))
  invariant(unknown === undefined, `the wire checks all that a schema asks for, was ${unknown}`)
  if (Array.isArray(schema['anyOf'])) {
    const variants = schema['anyOf'] as readonly TSchema[]
    if (variants.every((one) => typeof one['const'] === 'string')) return 'choice'
    if (variants.map((one) => String(one['type'])).join() === 'integer,string') return 'id'
  }
  switch (schema['type']) {
    case 'number':
    case 'integer':
      return 'number'
    case 'boolean':
      return 'flag'
    case 'string':
      return schema[KNOWN_CODES] !== undefined || schema[IS_LABEL] === true ? 'label' : 'text'
    case 'array':
      return isAnyNumber(schema['items'] as TSchema) ? 'numbers' : 'list'
    case 'object':
      return 'object'
  }
  throw new Error(`Invariant: a field has a layout, was ${JSON.stringify(schema)}`)
}

function isAnyNumber({ type, minimum, maximum }: TSchema): boolean {
  return type === 'number' && minimum === undefined && maximum === undefined
}

function choicesOf(schema: TSchema): readonly string[] {
  const choices = (schema['anyOf'] as readonly TSchema[]).map((one) => one['const'] as string)
  invariant(choices.length < 256, 'a closed list has at most 255 places')
  return choices
}

/** The places of a fixed part. A place that is taken is never moved. */
class Places {
  words = 1
  readonly flags: { at: number; mask: number }[] = []
  readonly #free = new Set<number>()
  #bits = 8

  /** The first free place of `size` bytes, aligned to that size; 0 when `size` is 0. */
  take(size: number): number {
    if (size === 0) return 0
    for (let at = WORD; at + size <= this.words * WORD; at += size) {
      if (isWhole(at, size, this.#free)) return this.#use(at, size)
    }
    for (let at = this.words * WORD; at < (this.words + 1) * WORD; at++) this.#free.add(at)
    return this.#use(WORD * this.words++, size)
  }

  bit(): WireBit {
    if (this.#bits === 8) {
      this.#bits = 0
      this.flags.push({ at: this.take(1), mask: 0 })
    }
    const byte = this.flags[this.flags.length - 1] as { at: number; mask: number }
    byte.mask |= 1 << this.#bits
    return { at: byte.at, bit: this.#bits++ }
  }

  free(): readonly number[] {
    return [...this.#free].sort((a, b) => a - b)
  }

  #use(at: number, size: number): number {
    for (let i = 0; i < size; i++) this.#free.delete(at + i)
    return at
  }
}

function isWhole(at: number, size: number, free: ReadonlySet<number>): boolean {
  for (let i = 0; i < size; i++) if (!free.has(at + i)) return false
  return true
}
