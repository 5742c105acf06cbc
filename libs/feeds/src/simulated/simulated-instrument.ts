import type { Session } from '@triplane/market-data'

/** An instrument of the simulated venue: its rules and the characteristics of its trading. */
export interface SimulatedInstrument {
  readonly venueSymbol: string
  /** Smallest steps of price and size, decimal strings. */
  readonly tickSize: string
  readonly lotSize: string
  readonly session: Session
  readonly startPrice: number
  /** Of a year of 365.25 days around the clock, as a ratio. */
  readonly annualVolatility: number
  /** Distance of the nearest resting orders from the fair price, ratio of the price. */
  readonly halfSpreadRatio: number
  /** Mean size of an order, units. */
  readonly meanOrderSize: number
  /** Limit, market and cancel orders together, in a quiet market. */
  readonly ordersPerSecond: number
}

/** The default instruments of the simulated market; the instruments file agrees with them. */
export const simulatedInstruments: readonly SimulatedInstrument[] = [
  {
    venueSymbol: 'BTCUSDT',
    tickSize: '0.01',
    lotSize: '0.00001',
    session: '24x7',
    startPrice: 61_800,
    annualVolatility: 0.55,
    halfSpreadRatio: 0.000_04,
    meanOrderSize: 0.4,
    ordersPerSecond: 110,
  },
  {
    venueSymbol: 'ETHUSDT',
    tickSize: '0.01',
    lotSize: '0.0001',
    session: '24x7',
    startPrice: 2_680,
    annualVolatility: 0.65,
    halfSpreadRatio: 0.000_05,
    meanOrderSize: 6,
    ordersPerSecond: 100,
  },
  {
    venueSymbol: 'SPY',
    tickSize: '0.01',
    lotSize: '1',
    session: 'us_equity',
    startPrice: 530,
    annualVolatility: 0.3,
    halfSpreadRatio: 0.000_02,
    meanOrderSize: 150,
    ordersPerSecond: 90,
  },
  {
    venueSymbol: 'TSLA',
    tickSize: '0.01',
    lotSize: '1',
    session: 'us_equity',
    startPrice: 200,
    annualVolatility: 0.8,
    halfSpreadRatio: 0.000_06,
    meanOrderSize: 200,
    ordersPerSecond: 80,
  },
]
