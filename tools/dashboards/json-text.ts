const WIDTH = 120

/**
 * JSON in Prettier's format: lists of plain values on one line, where they fit. Leaves out fields that are undefined or
 * functions.
 */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, null, 2)
  return text.replace(
    /^( *)(.*)\[\n((?: *(?:"(?:[^"\\]|\\.)*"|[-\d.eE+]+|true|false|null),?\n)+) *\](,?)$/gm,
    (whole, ...found) => {
      const [indent, key, items, comma] = found as [string, string, string, string]
      const values = items.split('\n').map((line) => line.trim())
      const line = `${indent}${key}[${values.join(' ').trim()}]${comma}`
      return line.length <= WIDTH ? line : whole
    },
  )
}
