import { thresholds, type Thresholds } from '../src/thresholds.ts'

/** The thresholds with prices that somebody wants to be told of, which there are none of unless they are set. */
export const exampleThresholds: Thresholds = {
  ...thresholds,
  priceLevels: [
    { symbol: 'SPY', is: 'below', level: 500 },
    { exchange: 'kraken', symbol: 'BTC/USDT', is: 'above', level: 100_000 },
  ],
}
