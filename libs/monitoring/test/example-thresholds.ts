import { thresholds, type Thresholds } from '../src/thresholds.ts'

/** The thresholds with a price that somebody wants to be told of, which there is none of unless it is set. */
export const exampleThresholds: Thresholds = {
  ...thresholds,
  priceLevels: [{ symbol: 'SPY', is: 'below', level: 500 }],
}
