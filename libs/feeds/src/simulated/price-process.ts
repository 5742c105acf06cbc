import { field, stateSchema, type StateOf } from '@triplane/contracts'
import type { Random } from '@triplane/kernel'

/** State of the process: plain numbers without units, except the price, which is in ticks. */
export const priceStateSchema = stateSchema({ logPrice: field.real, logVolatility: field.real, flow: field.real })
export type PriceState = StateOf<typeof priceStateSchema>

/** The effect of a scenario on the process. */
export interface PriceConditions {
  /** Factor on volatility. */
  readonly volatility: number
  /** Drift of the log price per second. */
  readonly driftPerSecond: number
}

const SECONDS_PER_YEAR = 365.25 * 86_400
/** The log volatility wanders with this standard deviation and forgets in this time. */
const VOLATILITY_SPREAD = 0.35
const VOLATILITY_MEMORY_S = 120
/** The flow is a standard normal wave that forgets in this time. */
const FLOW_MEMORY_S = 8
/** Drift of the price per second at a flow of 1, in standard deviations of one second. */
const FLOW_IMPACT = 0.8

/**
 * The fair price: log price with stochastic volatility (log volatility an Ornstein-Uhlenbeck process, Scott 1987) and a drift
 * that follows the flow, a separate Ornstein-Uhlenbeck process. Buyers and sellers follow the same flow, so order flow
 * imbalance predicts a part of the next seconds.
 */
export class PriceProcess {
  readonly #volatilityPerRootSecond: number
  #logPrice: number
  #logVolatility: number
  #flow: number

  constructor(annualVolatility: number, state: PriceState) {
    this.#volatilityPerRootSecond = annualVolatility / Math.sqrt(SECONDS_PER_YEAR)
    this.#logPrice = state.logPrice
    this.#logVolatility = state.logVolatility
    this.#flow = state.flow
  }

  /** Fair price in ticks, with fractions. */
  get priceTicks(): number {
    return Math.exp(this.#logPrice)
  }

  /** Pressure of buyers (positive) or sellers; 1 is a standard deviation. */
  get flow(): number {
    return this.#flow
  }

  /** Advances by `seconds` (Euler-Maruyama). */
  advance(seconds: number, random: Random, { volatility, driftPerSecond }: PriceConditions): void {
    const rootSeconds = Math.sqrt(seconds)
    const perRootSecond = this.#volatilityPerRootSecond * volatility * Math.exp(this.#logVolatility)
    this.#logPrice +=
      (driftPerSecond + FLOW_IMPACT * perRootSecond * this.#flow) * seconds +
      perRootSecond * rootSeconds * random.normal()
    this.#logVolatility +=
      (-this.#logVolatility / VOLATILITY_MEMORY_S) * seconds +
      VOLATILITY_SPREAD * Math.sqrt(2 / VOLATILITY_MEMORY_S) * rootSeconds * random.normal()
    this.#flow += (-this.#flow / FLOW_MEMORY_S) * seconds + Math.sqrt(2 / FLOW_MEMORY_S) * rootSeconds * random.normal()
  }

  snapshot(): PriceState {
    return { logPrice: this.#logPrice, logVolatility: this.#logVolatility, flow: this.#flow }
  }
}
