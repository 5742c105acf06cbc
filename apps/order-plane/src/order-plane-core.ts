import type {
  BookDelta,
  BookSnapshot,
  CancelIntent,
  ExecutionEvent,
  Instrument,
  KillSwitch,
  Mark,
  MarketStatus,
  OperatorCommand,
  OrderIntent,
  PlaneCore,
  Quote,
  SwitchType,
  Trade,
  TradingConditionChange,
  TradingState,
} from '@triplane/contracts'
import type {
  Order,
  OrderCounts,
  OrderRateSnapshot,
  OrderStoreSnapshot,
  PaperVenueSnapshot,
  RiskReject,
  TradingModeSnapshot,
} from '@triplane/execution'
import type { LedgerSnapshot, RoundTrips, Valuation } from '@triplane/ledger'
import type { ExecutionTotalsSnapshot } from './execution-totals.ts'
import type { TradingDesksSnapshot } from './trading-desks.ts'

/** What the order plane hears. */
export type OrderPlaneInput =
  MarketInput | Mark | OrderIntent | CancelIntent | KillSwitch | OperatorCommand | TradingConditionChange
export type MarketInput = Trade | Quote | BookDelta | BookSnapshot | MarketStatus

export interface OrderPlaneDeps {
  /** The instruments of the run; symbols are unique among them. */
  readonly instruments: readonly Instrument[]
  readonly isSessionOpen: (session: Instrument['session'], timeUs: number) => boolean
  /** Told of an intent at the moment when the gate approves it: the edge's, to take the time. It must not call back. */
  readonly onApproved?: (intent: OrderIntent) => void
}

/** The order plane's state for the live view and the report. Positions are valued at their marks. */
export interface OrderPlaneView {
  readonly tradingState: TradingState
  /** Kill switches that are active. */
  readonly switches: readonly SwitchType[]
  /** Orders by their last state. */
  readonly orders: OrderCounts
  readonly open: readonly Order[]
  readonly totals: ExecutionTotalsSnapshot
  readonly refusedTransitions: number
  readonly waitingIntents: number
  readonly lastDenial: RiskReject | undefined
  readonly account: Valuation
  readonly roundTrips: RoundTrips
}

export interface OrderPlaneSnapshot {
  readonly lastSeq: number
  readonly nowUs: number
  readonly marketUs: number
  readonly sessionCheckUs?: number
  readonly waiting: readonly OrderIntent[]
  readonly mode: TradingModeSnapshot
  readonly rate: OrderRateSnapshot
  readonly orders: OrderStoreSnapshot
  readonly ledger: LedgerSnapshot
  readonly venue: PaperVenueSnapshot
  readonly desks: TradingDesksSnapshot
  readonly totals: ExecutionTotalsSnapshot
}

export interface OrderPlaneCore extends PlaneCore<OrderPlaneInput, ExecutionEvent> {
  view(): OrderPlaneView
  snapshot(): OrderPlaneSnapshot
}
