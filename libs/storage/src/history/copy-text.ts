/** How a value is written: `time` is integer microseconds, `latin1` a string with one character per byte. */
export type ColumnKind = 'text' | 'integer' | 'double' | 'numeric' | 'boolean' | 'time' | 'json' | 'latin1'

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\uFFFD',
}
const SPECIAL = /[\\\n\r\t\0]/
const EVERY_SPECIAL = /[\\\n\r\t\0]/g

/** A field of a line in Postgres' COPY text format; absent values are null. Text loses NUL, which Postgres cannot store. */
export function encodeValue(kind: ColumnKind, value: unknown): string {
  if (value === undefined) return '\\N'
  switch (kind) {
    case 'integer':
    case 'double':
    case 'time':
    case 'boolean':
      return String(value)
    case 'text':
    case 'numeric':
      return escapeText(value as string)
    case 'json':
      return escapeText(JSON.stringify(value))
    case 'latin1':
      return `\\\\x${Buffer.from(value as string, 'latin1').toString('hex')}`
  }
}

function escapeText(text: string): string {
  return SPECIAL.test(text) ? text.replace(EVERY_SPECIAL, (special) => ESCAPES[special] as string) : text
}
