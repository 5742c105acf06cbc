import { field, stateSchema, type StateOf } from '@triplane/contracts'
import { invariant } from '@triplane/kernel'

/** How order-flow imbalance becomes a signal. */
export interface OfiSignalConfig {
  /** Time constant of the flow and of the average depth, market time. */
  readonly horizonMs: number
  /** The strength is computed at most this often: a step of market time, aligned to the epoch. */
  readonly stepMs: number
  /** Time constant of the deviation that scales the flow. */
  readonly deviationHorizonMs: number
  /** No signal until this much market time has passed since the first event or a reset. */
  readonly warmUpMs: number
  /** Flow within so many deviations of 0 gives no signal. */
  readonly deadBandDeviations: number
  /** The smallest change that is reported; a return to 0 always is. */
  readonly minChange: number
}

/** An `OfiSignal` as it is saved. */
export const ofiSignalSchema = stateSchema({
  strength: field.real,
  readyUs: field.timeUs,
  nextStepUs: field.timeUs,
  flow: field.real,
  depths: field.real,
  events: field.real,
  squares: field.real,
  samples: field.real,
})
export type OfiSignalSnapshot = StateOf<typeof ofiSignalSchema>

const nothingHeard: OfiSignalSnapshot = {
  strength: 0,
  readyUs: 0,
  nextStepUs: 0,
  flow: 0,
  depths: 0,
  events: 0,
  squares: 0,
  samples: 0,
}

/**
 * Turns the order-flow imbalance of one instrument into a strength in [-1, 1].
 *
 * Over an interval the mid price moves by about OFI / (2 D) ticks, D being the average depth at the best level (Cont,
 * Kukanov and Stoikov, "The price impact of order book events", 2014, stylised order book). Here
 *   x = flow / (2 D)           flow and D with exponentially fading weight, time constant `horizonMs`
 *   z = x / deviation          root mean square of x, sampled once a step, time constant `deviationHorizonMs`
 *   e = max(0, |z| - deadBand)
 *   strength = sign(z) e / (1 + e)
 * so the strength does not depend on the instrument's units. Weights fade by 1 / (1 + step / horizon) at each step.
 *
 * Invariants
 * 1. Between steps an event costs three additions and allocates nothing.
 * 2. The strength is 0 until the warm-up is over; a reset restarts the warm-up.
 */
export class OfiSignal {
  readonly #config: OfiSignalConfig
  readonly #stepUs: number
  readonly #flowFade: number
  readonly #deviationFade: number
  #strength: number
  #readyUs: number
  #nextStepUs: number
  #flow: number
  #depths: number
  #events: number
  #squares: number
  #samples: number

  constructor(config: OfiSignalConfig, saved: OfiSignalSnapshot = nothingHeard) {
    invariant(config.stepMs > 0 && config.stepMs <= config.horizonMs, 'a step is above 0 and within the horizon')
    this.#config = config
    this.#stepUs = config.stepMs * 1000
    this.#flowFade = 1 / (1 + config.stepMs / config.horizonMs)
    this.#deviationFade = 1 / (1 + config.stepMs / config.deviationHorizonMs)
    this.#strength = saved.strength
    this.#readyUs = saved.readyUs
    this.#nextStepUs = saved.nextStepUs
    this.#flow = saved.flow
    this.#depths = saved.depths
    this.#events = saved.events
    this.#squares = saved.squares
    this.#samples = saved.samples
  }

  /** The last reported strength, in [-1, 1]. */
  get strength(): number {
    return this.#strength
  }

  /** Adds one update: OFI and depth in base units. True when there is a new strength to report. */
  update(ofi: number, depth: number, timeUs: number): boolean {
    const isNewStep = timeUs >= this.#nextStepUs
    if (isNewStep) this.#fade(timeUs)
    this.#flow += ofi
    this.#depths += depth
    this.#events += 1
    return isNewStep && this.#evaluate(timeUs)
  }

  /** Starts over after a hole in the data. True when there is a new strength to report: 0. */
  reset(): boolean {
    const wasFlat = this.#strength === 0
    this.#strength = 0
    this.#readyUs = 0
    this.#nextStepUs = 0
    this.#flow = 0
    this.#depths = 0
    this.#events = 0
    this.#squares = 0
    this.#samples = 0
    return !wasFlat
  }

  snapshot(): OfiSignalSnapshot {
    return {
      strength: this.#strength,
      readyUs: this.#readyUs,
      nextStepUs: this.#nextStepUs,
      flow: this.#flow,
      depths: this.#depths,
      events: this.#events,
      squares: this.#squares,
      samples: this.#samples,
    }
  }

  /** Fades the weights by the steps since the last event. */
  #fade(timeUs: number): void {
    const nextStepUs = (Math.floor(timeUs / this.#stepUs) + 1) * this.#stepUs
    if (this.#readyUs === 0) {
      this.#readyUs = timeUs + this.#config.warmUpMs * 1000
    } else {
      const steps = Math.round((nextStepUs - this.#nextStepUs) / this.#stepUs)
      const flowFade = powerOf(this.#flowFade, steps)
      const deviationFade = powerOf(this.#deviationFade, steps)
      this.#flow *= flowFade
      this.#depths *= flowFade
      this.#events *= flowFade
      this.#squares *= deviationFade
      this.#samples *= deviationFade
    }
    this.#nextStepUs = nextStepUs
  }

  #evaluate(timeUs: number): boolean {
    const depth = this.#depths / this.#events
    const x = depth > 0 ? this.#flow / (2 * depth) : 0
    this.#squares += x * x
    this.#samples += 1
    if (timeUs < this.#readyUs) return false

    const deviation = Math.sqrt(this.#squares / this.#samples)
    const z = deviation > 0 ? x / deviation : 0
    const excess = Math.abs(z) - this.#config.deadBandDeviations
    const strength = excess > 0 ? (Math.sign(z) * excess) / (1 + excess) : 0
    const change = Math.abs(strength - this.#strength)
    if (change === 0 || (change < this.#config.minChange && strength !== 0)) return false
    this.#strength = strength
    return true
  }
}

/** `base` to a natural power, by multiplications only: the same bits on every machine. */
function powerOf(base: number, exponent: number): number {
  let power = 1
  for (let square = base, rest = exponent; rest > 0; rest = Math.floor(rest / 2), square *= square) {
    if (rest % 2 === 1) power *= square
  }
  return power
}
