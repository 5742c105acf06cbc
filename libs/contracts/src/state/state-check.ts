import type { TSchema } from '@sinclair/typebox'
import { TypeCompiler, ValueErrorType, type ValueError } from '@sinclair/typebox/compiler'
import { describeValue } from '../describe-value.ts'

/**
 * Describes how `state` differs from its schema, or returns undefined when it fits. The message names the path of the first
 * misfit.
 */
export type StateCheck = (state: unknown) => string | undefined

/** Compiles the check of a schema of saved state. Paths begin with `root`. */
export function createStateCheck(schema: TSchema, root = ''): StateCheck {
  const check = TypeCompiler.Compile(schema)
  return (state) => {
    if (check.Check(state)) return undefined
    const first = check.Errors(state).First()
    return first ? explain(innermost(first), root) : `${root}: Expected another shape`
  }
}

function explain({ type, path, value, message }: ValueError, root: string): string {
  const place = `${root}${path}`
  switch (type) {
    case ValueErrorType.ObjectRequiredProperty:
      return `Expected the field ${place}, was nothing`
    case ValueErrorType.ObjectAdditionalProperties:
      return `Expected no field ${place}, was ${describeValue(value)}`
    default:
      return `${place || '/'}: ${message}, was ${describeValue(value)}`
  }
}

/** The error inside a union, of the closest variant: of the same kind, then with the fewest errors. */
function innermost(error: ValueError): ValueError {
  const variants = error.errors.map((errors) => Array.from(errors, innermost))
  // A variant that fails as a whole is of another kind altogether.
  const entered = variants.filter(([first]) => first !== undefined && first.path !== error.path)
  const [closest] = entered.sort((a, b) => literalsIn(a) - literalsIn(b) || a.length - b.length)
  return closest?.[0] ?? error
}

/** The number of literal mismatches: a variant names its kind by a literal. */
function literalsIn(errors: readonly ValueError[]): number {
  return errors.filter(({ type }) => type === ValueErrorType.Literal).length
}
