import type { Bar, Instrument, InstrumentId, Ofi, PastBar, Quote, Timeframe, Trade } from '@triplane/contracts'

/** The market events a strategy may subscribe to. */
export type StrategyEvent = TickEvent | Bar
/** Those it receives one by one. */
export type TickEvent = Quote | Trade | Ofi
/** Their types. */
export const tickTypes = ['quote', 'trade', 'ofi'] as const satisfies readonly TickEvent['type'][]

/** What a strategy subscribes to. It receives nothing else. */
export interface StrategyInputs {
  readonly events?: readonly TickEvent['type'][]
  /** Closed bars of these lengths. */
  readonly bars?: readonly Timeframe[]
}

/** The history a strategy needs of an instrument before its decisions about it count. */
export interface WarmUpBars {
  /** One of the bar lengths it subscribes to. */
  readonly timeframe: Timeframe
  /** The number of complete bars, from before the run (as far as the venue keeps them) and from the run. */
  readonly bars: number
}

/** How strongly a strategy expects an instrument to rise or fall from now on. The portfolio turns it into a target. */
interface Opinion {
  readonly type: 'opinion'
  readonly instrument: InstrumentId
  /** [-1, 1]; 0 is no opinion. */
  readonly strength: number
}

/** An order that a strategy requests itself. Only a strategy with limits may. */
export interface RequestedOrder {
  /** Its name among the strategy's orders for the instrument: one order works under a key at a time. */
  readonly key: string
  readonly side: 'BUY' | 'SELL'
  /** Base units, rounded down to whole lots. */
  readonly quantity: number
  /** Rounded to a tick, in our favour. */
  readonly limitPrice: number
  /** GTC rests as a maker until the request changes; IOC is sent once per request. */
  readonly timeInForce: 'GTC' | 'IOC'
}

/** All the orders that a strategy wants for an instrument from now on: its others are cancelled. */
interface OrderRequests {
  readonly type: 'orders'
  readonly instrument: InstrumentId
  readonly orders: readonly RequestedOrder[]
}

/** What a strategy decides. */
export type Decision = Opinion | OrderRequests

/** What a strategy is created with. */
export interface StrategyContext<Parameters> {
  /** The instruments that may be traded in the run. */
  readonly universe: readonly Instrument[]
  /** Instruments to read and never trade: a decision about one is refused and counted. */
  readonly quoted: readonly Instrument[]
  readonly parameters: Parameters
  /** The strategy's own position in an instrument of the universe: signed base units. */
  readonly position: (instrument: InstrumentId) => number
}

/** Limits on the orders that a strategy requests itself; the risk checks limit the account. */
export interface OrderLimits {
  /** Value of one order. */
  readonly maxOrderUsd: number
  /** Value of the strategy's position in an instrument, on either side, if all its orders filled. */
  readonly maxPositionUsd: number
}

/**
 * A strategy: a pure function with its state inside. It has no clock: time is in the events and in `onTimer`. It
 * returns what has changed, or `unchanged`. Decisions about an instrument that has not warmed up are dropped, and the
 * strategy has to repeat them.
 */
export interface Strategy<State = unknown> {
  /** Handles an event it subscribed to. */
  on(event: StrategyEvent): readonly Decision[]
  /**
   * Handles a closed bar from before the run, of a length it warms up with: in order, each once, and never one that
   * also comes from the run. It returns no opinion. Required of a strategy that declares a warm-up.
   */
  onPastBar?(bar: PastBar): void
  /**
   * Ticks of the instrument are missing or cannot be trusted: what follows is not continuous with the past. Where only
   * trades are missing, strategies that subscribe to trades are notified. A bar carries its own flag.
   */
  onHole?(instrument: InstrumentId): readonly Decision[]
  /** Called at each evaluation (`evaluationIntervalMs` of market time), also when the market is silent. */
  onTimer?(nowUs: number): readonly Decision[]
  /** A copy of its state. */
  snapshot(): State
}

/** Nothing has changed. */
export const unchanged: readonly never[] = []
