import type { z } from 'zod'
import type { Violation } from './config-error.ts'
import type { ValueSchema } from './environment.ts'
import { foundAt, showFound, showPath } from './found.ts'
import { MASK } from './mask-secrets.ts'
import { mayHoldSecret } from './secrets.ts'

/** Converts zod's issues with `input` to violations. `shape` is the JSON schema, for naming the known keys. */
export function violationsOf(error: z.ZodError, input: unknown, shape: ValueSchema): Violation[] {
  return error.issues.flatMap((issue): Violation[] => {
    if (issue.code !== 'unrecognized_keys') return [violation(issue.path, expectedBy(issue), input, shape)]
    const known = Object.keys(propertiesAt(shape, issue.path))
    return issue.keys.map((key) => {
      const renamed = key.replace(/(Us|Seconds)$/, 'Ms')
      const isRenamed = renamed !== key && known.includes(renamed)
      const right = isRenamed
        ? `${showPath([...issue.path, renamed])}, milliseconds`
        : `a key that is known (${known.join(', ')})`
      return violation([...issue.path, key], right, input, shape)
    })
  })
}

function violation(path: readonly PropertyKey[], expected: string, input: unknown, shape: ValueSchema): Violation {
  const name = path.findLast((key) => typeof key === 'string')
  const value = foundAt(input, path)
  // A part of a text, such as an entry of a list in a variable, is not a field of it.
  const isGiven =
    value !== undefined || path.some((_, depth) => typeof foundAt(input, path.slice(0, depth)) === 'string')
  const found = isGiven && mayHoldSecret(shape, path) ? MASK : showFound(value, name)
  return { path: showPath(path), expected, found }
}

/** "Too big: expected number to be <=65535" as "number to be <=65535". */
function expectedBy(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') {
    return issue.errors.flatMap((branch) => branch.map(expectedBy)).join(' or ') || issue.message
  }
  if (issue.code === 'invalid_format' && issue.format !== 'regex') return `a valid ${issue.format}`
  return /expected (.*?)(?:, received .*)?$/i.exec(issue.message)?.[1] ?? issue.message
}

function propertiesAt(shape: ValueSchema, path: readonly PropertyKey[]): Readonly<Record<string, ValueSchema>> {
  const at = path.reduce<ValueSchema | undefined>((inner, key) => {
    return typeof key === 'number' ? inner?.items : inner?.properties?.[String(key)]
  }, shape)
  return at?.properties ?? {}
}
