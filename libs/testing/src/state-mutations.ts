/** Saved state with one field missing or one added. */
export interface StateMutation {
  /** JSON pointer of the field. */
  readonly path: string
  readonly kind: 'deleted' | 'added'
}

/** A name that no schema has. */
const UNKNOWN = 'somethingElse'

/**
 * Goes over `saved`, a JSON value, and changes it in place: deletes each field of each object, and adds an unknown one, one
 * change at a time. `saved` has the mutation while it is yielded, and is unchanged afterwards. From a list of objects, which
 * are alike, it takes `perList` from the beginning and `perList` from the end.
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
