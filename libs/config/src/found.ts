import { isSecretName, MASK, maskSecrets } from './mask-secrets.ts'

const MAX_LENGTH = 60

/** True for `{...}`: not null, not an array. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value at `path` inside `value`; undefined if there is none. */
export function foundAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, key) => {
    return typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
      ? inner[key as keyof typeof inner]
      : undefined
  }, value)
}

/** The kind of a value, for messages that must not show the value itself: "an array". */
export function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Formats a value for an error message: short JSON, secrets masked. `name` is the field that holds it. */
export function showFound(value: unknown, name = ''): string {
  if (value === undefined) return 'nothing'
  if (isSecretName(name)) return MASK
  const text = JSON.stringify(maskSecrets(value)) ?? typeof value
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 3)}...` : text
}

/** Formats a path: `['instruments', 3, 'tickSize']` as `instruments[3].tickSize`. */
export function showPath(path: readonly PropertyKey[]): string {
  return path.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i === 0 ? '' : '.'}${String(key)}`)).join('')
}
