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

/** A kill switch as it was last changed. */
export type KillSwitchState = Pick<KillSwitch, 'switchType' | 'active' | 'value' | 'limit' | 'why' | 'effectUs'>

/** What a plane says of itself. It renews that more often than it expires: a plane that is gone is absent. */
export interface PlaneState {
  readonly status: 'starting' | 'running' | 'draining' | 'stopped'
  readonly runId: string
  /** How far it has come, microseconds of market time. */
  readonly marketTimeUs?: number
  /** Of an order plane. */
  readonly tradingState?: TradingState
}
