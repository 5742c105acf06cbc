/**
 * Assets whose names in the protocol v1 and the REST lists differ from those in the protocol v2 (support.kraken.com, "API
 * symbols and tickers").
 */
const V2_NAMES: Readonly<Record<string, string>> = { XBT: 'BTC', XDG: 'DOGE' }
const V1_NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(V2_NAMES).map(([v1, v2]) => [v2, v1]),
)

const renamed = (names: Readonly<Record<string, string>>) => (pair: string) =>
  pair
    .split('/')
    .map((asset) => (Object.hasOwn(names, asset) ? names[asset] : asset))
    .join('/')

/** A pair by its name in the protocol v2: BTC/USD for XBT/USD. A name of v2 is kept. */
export const v2NameOf: (pair: string) => string = renamed(V2_NAMES)

/** A pair by its name in the protocol v1 and in `wsname` of the REST lists: XBT/USD for BTC/USD. A name of v1 is kept. */
export const v1NameOf: (pair: string) => string = renamed(V1_NAMES)
