/** The live order book as the paper venue reads it. Level 0 is the best; NaN where there is no level. */
export interface BookView {
  bidPrice(level: number): number
  bidSize(level: number): number
  askPrice(level: number): number
  askSize(level: number): number
  /** Displayed size at a price, base units; 0 when there is no such level. */
  sizeAt(side: 'bid' | 'ask', price: number): number
}

/** The best prices of the newest quote; NaN where there is none. */
export interface Touch {
  bid(): number
  ask(): number
}
