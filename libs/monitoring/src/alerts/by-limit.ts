/**
 * An expression with a separate limit for each listed value of `label`, and with `otherwise` for every other value; `expr` gets
 * the matcher of the series and their limit.
 */
export function byLimit(
  label: string,
  limits: Readonly<Record<string, number>>,
  otherwise: number,
  expr: (matcher: string, limit: number) => string,
): string {
  const listed = Object.keys(limits)
  const own = listed.map((value) => expr(`${label}="${value}"`, limits[value] as number))
  return [...own, expr(`${label}!~"${listed.map(escapeForMatcher).join('|')}"`, otherwise)].join('\nor\n')
}

/** Escapes the special characters of a regular expression, and doubles backslashes for the surrounding string. */
function escapeForMatcher(value: string): string {
  return value.replace(/[.*+?^${}()|[\]\\]/g, '\\\\$&')
}
