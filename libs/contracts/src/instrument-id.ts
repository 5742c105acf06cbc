/**
 * Names an instrument everywhere: `<unified symbol>@<venue>`, `BTC/USDT@binance_spot`. Split it only at the last `@`; it is
 * opaque elsewhere. Labels, columns and texts for people show symbol and venue.
 */
export type InstrumentId = string

/** The id of `symbol` at `venue`. */
export const instrumentId = ({ symbol, venue }: { readonly symbol: string; readonly venue: string }): InstrumentId =>
  `${symbol}@${venue}`

/** The unified symbol of an id: BTC/USDT. */
export const symbolOf = (id: InstrumentId): string => id.slice(0, id.lastIndexOf('@'))

/** The venue of an id: binance_spot. */
export const venueOf = (id: InstrumentId): string => id.slice(id.lastIndexOf('@') + 1)
