import type { Fill, KillSwitch, PortfolioState, Quote, TradingState } from '@triplane/contracts'

/** Best bid and ask of an instrument. */
export type QuoteState = Pick<Quote, 'instrument' | 'bid' | 'bidSize' | 'ask' | 'askSize' | 'tsRecvUs'>

/** A position; quantities and money are decimal strings. */
export type PositionState = PortfolioState['positions'][number] & { readonly effectUs: number }

/** The last fill of an instrument; quantities and money are decimal strings. */
export type FillState = Pick<
  Fill,
  'fillId' | 'intentId' | 'strategy' | 'instrument' | 'side' | 'quantity' | 'price' | 'fee' | 'effectUs'
>

/** A kill switch after its last change. */
export type KillSwitchState = Pick<KillSwitch, 'switchType' | 'active' | 'value' | 'limit' | 'why' | 'effectUs'>

/** The status that a plane publishes of itself. It is renewed before it expires, so a stopped plane is absent. */
export interface PlaneState {
  readonly status: 'starting' | 'running' | 'draining' | 'stopped'
  readonly runId: string
  /** The market time reached, microseconds. */
  readonly marketTimeUs?: number
  /** Set by an order plane. */
  readonly tradingState?: TradingState
}
