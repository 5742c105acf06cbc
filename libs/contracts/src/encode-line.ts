import type { TSchema } from '@sinclair/typebox'

export type Encoder = (value: unknown) => string

/** Writes values of a schema as JSON in the schema's field order; leaves out fields that the schema does not name. */
export function lineEncoder(schema: TSchema): Encoder {
  if (schema['type'] === 'object') return objectEncoder(schema['properties'] as Record<string, TSchema>)
  if (schema['type'] === 'array') {
    const items = schema['items'] as TSchema
    if (items['type'] === 'number') return (value) => `[${(value as readonly number[]).join(',')}]`
    const encode = lineEncoder(items)
    return (value) => `[${(value as readonly unknown[]).map(encode).join(',')}]`
  }
  if (schema['type'] === 'number' || schema['type'] === 'integer' || schema['type'] === 'boolean') return String
  return JSON.stringify
}

function objectEncoder(properties: Record<string, TSchema>): Encoder {
  const names = Object.keys(properties)
  const labels = names.map((name) => `${JSON.stringify(name)}:`)
  const encoders = Object.values(properties).map(lineEncoder)
  const isFlat = Object.values(properties).every((schema) => !holdsObjects(schema))
  return (value) => {
    const fields = value as Record<string, unknown>
    // Most events have their fields in the schema's order: the line is the same, in half the time.
    if (isFlat && isOrdered(fields, names)) return JSON.stringify(fields)
    let line = '{'
    for (let i = 0; i < names.length; i++) {
      const field = fields[names[i] as string]
      if (field === undefined) continue
      if (line.length > 1) line += ','
      line += (labels[i] as string) + (encoders[i] as Encoder)(field)
    }
    return line + '}'
  }
}

function holdsObjects(schema: TSchema): boolean {
  return schema['type'] === 'object' || (schema['type'] === 'array' && holdsObjects(schema['items'] as TSchema))
}

/** Whether the fields are some of `names`, in their order. */
function isOrdered(fields: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  let next = 0
  for (const name in fields) {
    while (next < names.length && names[next] !== name) next++
    if (next++ >= names.length) return false
  }
  return true
}
