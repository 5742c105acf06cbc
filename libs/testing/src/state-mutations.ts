/** Saved state with one field less or one more than it should have. */
export interface StateMutation {
  /** JSON pointer of the field. */
  readonly path: string
  readonly kind: 'deleted' | 'added'
}

/** A name that no schema has. */
const UNKNOWN = 'somethingElse'

/**
 * Goes over `saved`, a JSON value, and changes it in place: each field of each object is deleted, and an unknown one added,
 * one after the other. While a mutation is handed out `saved` has it; afterwards it is as before. Of the objects of a list, which
 * are alike, `perList` are taken from its beginning and `perList` from its end.
 */
export function* stateMutations(saved: unknown, perList = 3, path = ''): Generator<StateMutation> {
  if (Array.isArray(saved)) {
    for (const [index, entry] of saved.entries())
      if (index < perList || index >= saved.length - perList) yield* stateMutations(entry, perList, `${path}/${index}`)
    return
  }
  if (typeof saved !== 'object' || saved === null) return
  const object = saved as Record<string, unknown>
  for (const [name, value] of Object.entries(object)) {
    const fieldPath = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    delete object[name]
    yield { path: fieldPath, kind: 'deleted' }
    object[name] = value
    yield* stateMutations(value, perList, fieldPath)
  }
  object[UNKNOWN] = 1
  yield { path: `${path}/${UNKNOWN}`, kind: 'added' }
  delete object[UNKNOWN]
}
