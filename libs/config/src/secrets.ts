import type { z } from 'zod'
import { variablesOf, type ValueSchema } from './environment.ts'

/**
 * Declares a setting as a secret: no message ever shows its value, however invalid, and it may come from a file,
 * `<VARIABLE>_FILE`.
 */
export function secret<Schema extends z.ZodType>(schema: Schema): Schema {
  return schema.meta({ secret: true })
}

/** The variables that set the secrets of a schema. */
export function secretVariablesOf(shape: ValueSchema, prefix: string): readonly string[] {
  return [...variablesOf(shape, prefix)].filter(([, leaf]) => isSecret(leaf.schema)).map(([variable]) => variable)
}

/** True for a secret, declared as one itself or by one of its alternatives. */
export function isSecret(schema: ValueSchema): boolean {
  return schema.secret === true || (schema.anyOf ?? []).some(isSecret)
}

/**
 * True if the value at `path` may be or contain a secret: the schema declares one there, above or below, or does not know the
 * name, which may be a misspelt secret's.
 */
export function mayHoldSecret(shape: ValueSchema, path: readonly PropertyKey[]): boolean {
  if (isSecret(shape)) return true
  const [key, ...rest] = path
  if (key === undefined) return hasSecretBelow(shape)
  const inner = typeof key === 'number' ? shape.items : shape.properties?.[String(key)]
  if (inner !== undefined) return mayHoldSecret(inner, rest)
  const isOpen = typeof shape.additionalProperties === 'object'
  return shape.properties !== undefined && typeof key !== 'number' && !isOpen
}

function hasSecretBelow(shape: ValueSchema): boolean {
  const below = [...Object.values(shape.properties ?? {}), ...(shape.items ? [shape.items] : [])]
  return below.some((schema) => isSecret(schema) || hasSecretBelow(schema))
}
