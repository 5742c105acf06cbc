/** Matchers of an instrument, or of several: what is not named, any may be. */
export function instrumentMatchers(named: {
  readonly exchange?: string | undefined
  readonly symbol?: string | undefined
}) {
  return (['exchange', 'symbol'] as const).flatMap((label) =>
    named[label] === undefined ? [] : [`${label}="${named[label]}"`],
  )
}
