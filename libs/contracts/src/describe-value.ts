/** A value for a message: its JSON, cut to 60 characters. */
export function describeValue(value: unknown): string {
  const text = jsonOf(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    // Whoever writes to a topic may nest a value deeper than JSON.stringify goes, though JSON.parse reads it.
    return 'a value nested too deeply'
  }
}
