const SECRET_NAME =
  /password|passphrase|passwd|^pass$|secret|token|credential|authorization|cookie|webhook|(api|access|private|signing|audit|routing)[-_]?key/i
/** The password in a URL: `postgres://user:password@host`; up to the last @, since an unencoded one may contain @ and /. */
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)\S+@/gi
/** Replaces a secret in messages. */
export const MASK = '***'
const MAX_DEPTH = 6

/** True if a field of this name holds a secret: password, apiKey, WEBHOOK_URL. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

/**
 * Copies `value` into plain JSON data that is safe to show or log: masks fields with a secret's name and passwords in URLs,
 * turns errors into name, message, code, stack and cause, and bigints into strings; cuts off circles and deep nesting.
 */
export function maskSecrets(value: unknown): unknown {
  return mask(value, [])
}

function mask(value: unknown, inside: readonly object[]): unknown {
  switch (typeof value) {
    case 'string':
      return value.replace(URL_PASSWORD, `$1${MASK}@`)
    case 'bigint':
      return value.toString()
    case 'function':
    case 'symbol':
      return undefined
    case 'object':
      return value === null ? null : maskObject(value, inside)
    default:
      return value
  }
}

function maskObject(value: object, inside: readonly object[]): unknown {
  if (inside.includes(value)) return '[circular]'
  if (inside.length >= MAX_DEPTH) return '[too deep]'
  if (value instanceof Date || value instanceof URL) return mask(value.toJSON(), inside)
  const within = [...inside, value]
  if (Array.isArray(value) || value instanceof Set) return Array.from(value, (entry) => mask(entry, within))
  const fields = value instanceof Map ? [...value] : Object.entries(value instanceof Error ? errorFields(value) : value)
  return Object.fromEntries(
    fields.map(([name, field]: [unknown, unknown]) => {
      return [name, field !== undefined && isSecretName(String(name)) ? MASK : mask(field, within)]
    }),
  )
}

/** Name and message first; `code` and the like are own fields of the error. */
function errorFields(error: Error): object {
  const { name, message, stack, cause } = error
  return Object.assign({ name, message }, error, { stack }, cause === undefined ? {} : { cause })
}
