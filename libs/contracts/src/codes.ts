/** Lists of codes. Each is a type, the codes that our own code emits, and a set of metric label values. */

/** True when a code from the wire is in a list: a later writer may have more. */
export function isKnownCode<const Known extends string>(known: readonly Known[], code: string): code is Known {
  return (known as readonly string[]).includes(code)
}

/** Why a frame was not understood (`normalize`). */
export const normalizeRefusals = [
  'bad_line',
  'impossible_time',
  'not_json',
  'unknown_message',
  'unknown_instrument',
  'unattributed_snapshot',
  'off_book_trade',
  'missing_field',
  'bad_field',
] as const
export type NormalizeRefusal = (typeof normalizeRefusals)[number]

/** Why an event that was understood is refused (`validate`). */
export const validationRefusals = [
  'bad_price',
  'bad_size',
  'crossed_quote',
  'price_band',
  'duplicate',
  'out_of_order',
  'clock_drift',
] as const
export type ValidationRefusal = (typeof validationRefusals)[number]

/** Why risk refuses an intent. First refusal wins, in this order. */
export const riskCodes = [
  'kill_switch',
  'trading_state',
  'duplicate',
  'expired',
  'future_intent',
  'unknown_instrument',
  'steps_unknown',
  'session_closed',
  'stale_market',
  'no_rate',
  'invalid_book',
  'no_mark',
  'lot_size',
  'tick_size',
  'reduce_only',
  'min_notional',
  'max_notional',
  'price_collar',
  'insufficient_holdings',
  'max_position',
  'gross_exposure',
  'order_rate',
  'participation',
] as const
export type RiskCode = (typeof riskCodes)[number]

/**
 * States that our orders can enter: no broker so far lets an order expire or leaves its outcome unknown. Order counts go by
 * this list.
 */
export const enteredStates = [
  'received',
  'denied',
  'approved',
  'submitted',
  'acknowledged',
  'partially_filled',
  'filled',
  'pending_cancel',
  'cancelled',
  'rejected',
] as const

/** States of an order. The transitions between them are declared once, in `execution`. */
export const orderStates = [...enteredStates, 'expired', 'unknown'] as const
export type OrderState = (typeof orderStates)[number]

/** Why the broker rejected an order. */
export const brokerRejects = ['no_liquidity', 'would_cross', 'venue_refused'] as const
export type BrokerReject = (typeof brokerRejects)[number]

/** Why an order was cancelled. */
export const cancelReasons = [
  'replaced',
  'expired',
  'halted',
  'reducing',
  'stale_market',
  'immediate_or_cancel',
  'steps_unknown',
] as const
export type CancelReason = (typeof cancelReasons)[number]

export const switchTypes = ['pnl', 'drawdown', 'psr', 'stale_data', 'manual'] as const
export type SwitchType = (typeof switchTypes)[number]

/** Kill switches that can trip: `psr` has no measure yet. */
export const trippableSwitches = ['pnl', 'drawdown', 'stale_data', 'manual'] as const satisfies readonly SwitchType[]
export type TrippableSwitch = (typeof trippableSwitches)[number]

export const tradingStates = ['active', 'reducing', 'halted'] as const
export type TradingState = (typeof tradingStates)[number]

export const regimes = ['calm', 'normal', 'storm'] as const

export const timeframes = ['1m', '5m', '15m', '1h', '1d'] as const
export type Timeframe = (typeof timeframes)[number]

export const sides = ['BUY', 'SELL'] as const
export type Side = (typeof sides)[number]

export const orderTypes = ['MARKET', 'LIMIT'] as const

export const timesInForce = ['GTC', 'IOC'] as const

export const marketStatuses = [
  'connected',
  'disconnected',
  'gap',
  'stale',
  'fresh',
  'book_valid',
  'book_invalid',
  'late',
  'on_time',
  'trade_stream_ignored',
  'steps_unknown',
  'steps_known',
] as const
export type MarketStatusCode = (typeof marketStatuses)[number]

/** The price behind a mark: the mid of the newest quote, the mid of the book, the last trade. */
export const markKinds = ['quote', 'book', 'trade'] as const

/**
 * Reasons of a `disconnected` from a file reader itself: the recording has a gap, or ended. They say nothing about the market
 * or the venue.
 */
export const recordingPauses = ['hole', 'file_end'] as const

export const operatorCommands = ['halt', 'reduce', 'resume', 'rearm', 'adopt'] as const
export type OperatorCommandCode = (typeof operatorCommands)[number]

/** True of the commands that only make trading stricter: halt and reduce. */
export function isTightening(command: OperatorCommandCode): boolean {
  return command === 'halt' || command === 'reduce'
}

/** Conditions that set a trading state and clear themselves once their cause is gone. */
export const tradingConditions = ['heartbeat', 'reconciliation', 'journal', 'paused', 'duplicates'] as const
export type TradingCondition = (typeof tradingConditions)[number]

/** Why a record of the bus was refused at a consumer's edge. */
export const recordRefusals = [
  'not_json',
  'bad_record',
  'unknown_schema',
  'not_an_event',
  'wrong_topic',
  'bad_header',
  'foreign_record',
  'foreign_writer',
  'time_ahead',
  'sequence_ahead',
  'bad_batch',
  'skipped',
] as const
export type RecordRefusal = (typeof recordRefusals)[number]

/** `live`: planes never wait for each other. `lockstep`: they do, and the result is that of one process. */
export const runModes = ['live', 'lockstep'] as const
export type RunMode = (typeof runModes)[number]
