import type { Violation } from '@triplane/config'
import type { z } from 'zod'

/** The violations that zod found in `value`, which is at `at` of a file. */
export function schemaViolations(error: z.ZodError, value: unknown, at = ''): Violation[] {
  return error.issues.flatMap((issue): Violation[] => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        path: pathText(at, [...issue.path, key]),
        expected: 'a field that is known',
        found: 'this one',
      }))
    const found = showValue(valueAt(value, issue.path))
    return [{ path: pathText(at, issue.path), expected: expectedBy(issue), found }]
  })
}

/** A value as errors show it: its kind, or the text itself. */
export function showValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'a mapping' : JSON.stringify(value)
}

/** Shortens "Invalid input: expected string, received number" to "string". */
function expectedBy(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `one of ${issue.values.join(', ')}`
  return /expected (.*?)(?:, received .*)?$/i.exec(issue.message)?.[1] ?? issue.message
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? inner[key as keyof typeof inner] : undefined),
    value,
  )
}

function pathText(at: string, path: readonly PropertyKey[]): string {
  const text = path.reduce<string>(
    (before, key) =>
      typeof key === 'number' ? `${before}[${key}]` : `${before === '' ? '' : `${before}.`}${String(key)}`,
    at,
  )
  return text === '' ? '(file)' : text
}
