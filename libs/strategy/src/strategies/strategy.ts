import type { Bar, Instrument, InstrumentId, Ofi, Quote, Timeframe } from '@triplane/contracts'

/** What a strategy can hear of the market. */
export type StrategyEvent = Quote | Ofi | Bar

/** What a strategy wants to hear: nothing else is given to it. */
export interface StrategyInputs {
  readonly events?: readonly ('quote' | 'ofi')[]
  /** Closed bars of these lengths. */
  readonly bars?: readonly Timeframe[]
}

/** How strongly a strategy holds from now on that an instrument rises or falls. The portfolio makes targets of it. */
export interface Opinion {
  readonly instrument: InstrumentId
  /** [-1, 1]; 0 has none. */
  readonly strength: number
}

/** What a strategy is made with. */
export interface StrategyContext<Parameters> {
  /** What may be traded in the run. */
  readonly universe: readonly Instrument[]
  readonly parameters: Parameters
}

/**
 * A strategy: a pure function with its state inside. It has no clock: time is in the events, and in `onTimer`. What it returns is what
 * has changed; nothing is `unchanged`.
 */
export interface Strategy<State = unknown> {
  /** Takes an event of a kind that it asked for. */
  on(event: StrategyEvent): readonly Opinion[]
  /** Ticks of the instrument are missing, or cannot be trusted: what comes does not follow on what came. A bar says so of itself. */
  onHole?(instrument: InstrumentId): readonly Opinion[]
  /** Called at whole intervals of market time (`evaluationIntervalMs`), in silence too. */
  onTimer?(nowUs: number): readonly Opinion[]
  /** A copy of its state. */
  snapshot(): State
}

/** Nothing has changed. */
export const unchanged: readonly never[] = []
