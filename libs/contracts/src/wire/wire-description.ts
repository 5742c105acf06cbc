import type { WireField, WireObject } from './wire-layout.ts'

/** A layout as plain data, for readers in other languages and for documents: docs/wire.json. */
export interface DescribedObject {
  /** Any other field is refused. */
  readonly closed?: true
  readonly fields: readonly DescribedField[]
}

/** A field. Bits are numbered from the first bit of the object, byte by byte from the lowest one. */
export interface DescribedField {
  readonly name: string
  readonly kind: WireField['kind']
  /** Offset of its place, bytes; absent when it has none. */
  readonly at?: number
  /** The bit that marks its presence; absent: always present. */
  readonly presence?: number
  /** The bit of a flag's value; for an id: set for a text. */
  readonly bit?: number
  readonly choices?: readonly string[]
  readonly object?: DescribedObject
}

/** The description of a layout. */
export function describeObject({ fields, isClosed }: WireObject): DescribedObject {
  return { ...(isClosed && { closed: true as const }), fields: fields.map(describeField) }
}

function describeField({ name, kind, at, presence, bit, choices, object }: WireField): DescribedField {
  return {
    name,
    kind,
    ...(kind !== 'flag' && kind !== 'object' && { at }),
    ...(presence && { presence: 8 * presence.at + presence.bit }),
    ...(bit && { bit: 8 * bit.at + bit.bit }),
    ...(choices && { choices }),
    ...(object && { object: describeObject(object) }),
  }
}
