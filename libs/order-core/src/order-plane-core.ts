import {
  field,
  stateSchema,
  type BookDelta,
  type BookSnapshot,
  type Event,
  type ExecutionEvent,
  type Fill,
  type Instrument,
  type MarketStatus,
  type OrderIntent,
  type PlaneCore,
  type Quote,
  type StateOf,
  type SwitchType,
  type Trade,
  type TradingState,
} from '@triplane/contracts'
import {
  orderRateSchema,
  orderStoreSchema,
  savedBrokerSchema,
  tradingModeSchema,
  type BrokerDefinition,
  type BrokerSettings,
  type Order,
  type OrderCounts,
  type RiskReject,
} from '@triplane/execution'
import { ledgerSchema, type RoundTrips, type Valuation } from '@triplane/ledger'
import { executionTotalsSchema, type ExecutionTotalsSnapshot } from './execution-totals.ts'
import { tradingDesksSchema } from './trading-desks.ts'
import { waitingIntentsSchema } from './waiting-intents.ts'

/** The events that the order plane hears. */
export const orderPlaneInputs = [
  'trade',
  'quote',
  'bookDelta',
  'bookSnapshot',
  'mark',
  'marketStatus',
  'orderIntent',
  'cancelIntent',
  'cross',
  'killSwitch',
  'operatorCommand',
  'tradingCondition',
] as const satisfies readonly Event['type'][]
export type OrderPlaneInput = Extract<Event, { readonly type: (typeof orderPlaneInputs)[number] }>
export type MarketInput = Trade | Quote | BookDelta | BookSnapshot | MarketStatus

export interface OrderPlaneDeps {
  /** The instruments of the run. */
  readonly instruments: readonly Instrument[]
  readonly isSessionOpen: (session: Instrument['session'], timeUs: number) => boolean
  /** The brokers that the settings may name; default: every one that there is. */
  readonly brokers?: readonly BrokerDefinition<BrokerSettings>[] | undefined
  /** Told of an intent at the moment when the gate approves it: the edge's, to take the time. It must not call back. */
  readonly onApproved?: (intent: OrderIntent) => void
  /** Told of an intent whose id is known already, which no output tells of: to be counted. It must not call back. */
  readonly onDuplicate?: (intent: OrderIntent) => void
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

/** The state of the core as it is saved. */
export const orderPlaneSchema = stateSchema({
  lastSeq: field.count,
  nowUs: field.timeUs,
  marketUs: field.timeUs,
  /** Null when no order can be ended by a session. */
  sessionCheckUs: field.orNull(field.timeUs),
  waiting: waitingIntentsSchema,
  mode: tradingModeSchema,
  rate: orderRateSchema,
  orders: orderStoreSchema,
  ledger: ledgerSchema,
  broker: savedBrokerSchema,
  desks: tradingDesksSchema,
  totals: executionTotalsSchema,
})
export type OrderPlaneSnapshot = StateOf<typeof orderPlaneSchema>

export interface OrderPlaneCore extends PlaneCore<OrderPlaneInput, ExecutionEvent> {
  view(): OrderPlaneView
  /** What the commission of a booked fill is worth, US dollars; negative is a rebate. */
  feeUsd(fill: Fill): number
  snapshot(): OrderPlaneSnapshot
}
