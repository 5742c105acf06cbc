import type { TObject, TSchema } from '@sinclair/typebox'
import fc from 'fast-check'

/** Any value that fits a schema of the wire, with optional fields present or absent. */
export function valueOf(schema: TSchema): fc.Arbitrary<unknown> {
  if (schema['const'] !== undefined) return fc.constant(schema['const'])
  if (Array.isArray(schema['anyOf'])) return fc.oneof(...(schema['anyOf'] as readonly TSchema[]).map(valueOf))
  switch (schema['type']) {
    case 'object':
      return objectOf(schema as TObject)
    case 'array':
      return fc.array(valueOf(schema['items'] as TSchema), {
        minLength: (schema['minItems'] as number) ?? 0,
        maxLength: 6,
      })
    case 'string':
      return textOf(schema)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({
        min: (schema['minimum'] as number) ?? Number.MIN_SAFE_INTEGER,
        max: (schema['maximum'] as number) ?? Number.MAX_SAFE_INTEGER,
      })
    default:
      return fc.double({
        min: (schema['minimum'] as number) ?? -Number.MAX_VALUE,
        max: (schema['maximum'] as number) ?? Number.MAX_VALUE,
        noNaN: true,
      })
  }
}

/** Decimals, some without a fraction. */
const decimalText = fc
  .tuple(fc.constantFrom('', '-'), fc.nat(), fc.constantFrom('', '.0', '.5', '.00000001', '.123456789012'))
  .map((parts) => parts.join(''))

function textOf({ pattern, minLength = 0, maxLength = 40 }: TSchema & { minLength?: number; maxLength?: number }) {
  if (pattern !== undefined) return decimalText.filter((text) => new RegExp(pattern as string).test(text))
  return fc
    .string({
      minLength,
      maxLength,
      unit: fc.oneof(
        fc.constantFrom('a', '\0', '"', '\\', 'é', '\ud800', '\udfff'),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
    })
    .filter((text) => text.length >= minLength && text.length <= maxLength)
}

function objectOf({ properties, required = [] }: TObject): fc.Arbitrary<unknown> {
  return fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, valueOf(property)])),
    {
      requiredKeys: [...required],
      noNullPrototype: true,
    },
  )
}
