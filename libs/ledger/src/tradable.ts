/** Those whose quote currency has a rate to USD: what cannot be valued is seen, and not traded. */
export function tradableOf<Instrument extends { readonly quote: string }>(
  instruments: readonly Instrument[],
  ratesToUsd: Readonly<Record<string, string>>,
): Instrument[] {
  return instruments.filter(({ quote }) => ratesToUsd[quote] !== undefined)
}
