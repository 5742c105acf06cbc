import type { Bar, Instrument, InstrumentId, Ofi, PastBar, Quote, Timeframe, Trade } from '@triplane/contracts'

/** What a strategy can hear of the market. */
export type StrategyEvent = TickEvent | Bar
/** Of which it hears each one. */
export type TickEvent = Quote | Trade | Ofi
/** Their types. */
export const tickTypes = ['quote', 'trade', 'ofi'] as const satisfies readonly TickEvent['type'][]

/** What a strategy hears: nothing else is given to it. */
export interface StrategyInputs {
  readonly events?: readonly TickEvent['type'][]
  /** Closed bars of these lengths. */
  readonly bars?: readonly Timeframe[]
}

/** History that a strategy needs of an instrument before its decisions about it are taken. */
export interface WarmUpBars {
  /** One of the lengths that it hears. */
  readonly timeframe: Timeframe
  /** So many whole bars: of before the run, as far as the venue gives them, and of its own. */
  readonly bars: number
}

/** How strongly a strategy holds from now on that an instrument rises or falls. The portfolio makes targets of it. */
interface Opinion {
  readonly type: 'opinion'
  readonly instrument: InstrumentId
  /** [-1, 1]; 0 is none. */
  readonly strength: number
}

/** An order that a strategy asks for itself. Only a strategy with limits of its own may. */
export interface RequestedOrder {
  /** What it is among the orders of the strategy and the instrument: one works under a key at a time. */
  readonly key: string
  readonly side: 'BUY' | 'SELL'
  /** Base units, rounded down to whole lots. */
  readonly quantity: number
  /** Rounded to the tick that gives less away. */
  readonly limitPrice: number
  /** GTC rests as a maker until the request changes; IOC is sent once each time it is requested. */
  readonly timeInForce: 'GTC' | 'IOC'
}

/** The orders of an instrument that a strategy asks for from now on: others of its own are cancelled. */
interface OrderRequests {
  readonly type: 'orders'
  readonly instrument: InstrumentId
  readonly orders: readonly RequestedOrder[]
}

/** What a strategy says. */
export type Decision = Opinion | OrderRequests

/** What a strategy is made with. */
export interface StrategyContext<Parameters> {
  /** What may be traded in the run. */
  readonly universe: readonly Instrument[]
  /** What may be read beside it and is never traded: what is said of it is refused, and counted. */
  readonly quoted: readonly Instrument[]
  readonly parameters: Parameters
  /** What the strategy holds of an instrument of the universe: signed base units. */
  readonly position: (instrument: InstrumentId) => number
}

/** Most that the orders which a strategy asks for itself may come to; the gate has the limits of the account. */
export interface OrderLimits {
  /** Of one order. */
  readonly maxOrderUsd: number
  /** Of what the strategy holds of an instrument, on either side, if all of its orders filled. */
  readonly maxPositionUsd: number
}

/**
 * A strategy: a pure function with its state inside. It has no clock: time is in the events, and in `onTimer`. What it returns is
 * what has changed; nothing is `unchanged`. What it says of an instrument that is not warm is not taken, and not remembered.
 */
export interface Strategy<State = unknown> {
  /** Takes an event of a kind that it asked for. */
  on(event: StrategyEvent): readonly Decision[]
  /**
   * Takes a closed bar of before the run, of a length that it warms up with, in their order and each once: not what came as one of the
   * run's own, nor the other way round. It has no opinion yet. One that declares a warm-up has this.
   */
  onPastBar?(bar: PastBar): void
  /**
   * Ticks of the instrument are missing, or cannot be trusted: what comes does not follow on what came. Where only trades are missing, those
   * that hear trades are told. A bar says so of itself.
   */
  onHole?(instrument: InstrumentId): readonly Decision[]
  /** Called at whole intervals of market time (`evaluationIntervalMs`), in silence too. */
  onTimer?(nowUs: number): readonly Decision[]
  /** A copy of its state. */
  snapshot(): State
}

/** Nothing has changed. */
export const unchanged: readonly never[] = []
