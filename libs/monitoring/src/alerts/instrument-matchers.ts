/** Matchers of one or several instruments: what is not named matches anything. */
export function instrumentMatchers(named: {
  readonly exchange?: string | undefined
  readonly symbol?: string | undefined
}) {
  return (['exchange', 'symbol'] as const).flatMap((label) =>
    named[label] === undefined ? [] : [`${label}="${named[label]}"`],
  )
}
