import { thresholds, type Thresholds } from '../src/thresholds.ts'

/** The thresholds with some price levels of a user; by default there are none. */
export const exampleThresholds: Thresholds = {
  ...thresholds,
  priceLevels: [
    { symbol: 'SPY', is: 'below', level: 500 },
    { exchange: 'kraken', symbol: 'BTC/USDT', is: 'above', level: 100_000 },
  ],
}
