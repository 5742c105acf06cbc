/** The differences between the streams of Binance's products. A change of format is a new, dated dialect. */
export interface BinanceDialect {
  /** A bookTicker has its name (`e`) and its time (`E`). */
  readonly namesQuotes: boolean
  /** A depth diff names the last update id of the diff before it (`pu`). */
  readonly chainsDeltas: boolean
}

/** Spot, as of 2024-08. */
export const spotDialect: BinanceDialect = { namesQuotes: false, chainsDeltas: false }

/** USD-M futures, as of 2024-08. */
export const usdmDialect: BinanceDialect = { namesQuotes: true, chainsDeltas: true }
