import {
  field,
  stateSchema,
  type Event,
  type ExecutionEvent,
  type Fill,
  type OperatorCommandCode,
  type PlaneCore,
  type StateOf,
  type SwitchType,
  type TradingState,
} from '@triplane/contracts'
import {
  orderRateSchema,
  orderStoreSchema,
  savedBrokerSchema,
  tradingModeSchema,
  type Order,
  type OrderCounts,
  type RiskReject,
} from '@triplane/execution'
import { runRatesSchema } from '@triplane/instruments'
import { ledgerSchema, type LedgerDifferences, type RoundTrips, type Valuation } from '@triplane/ledger'
import type { AccountOpenings } from './account-opening.ts'
import { executionTotalsSchema, type ExecutionTotalsSnapshot } from './execution-totals.ts'
import { ledgerDigestsSchema } from './ledger-digests.ts'
import { tradingDesksSchema } from './trading-desks.ts'
import { waitingIntentsSchema } from './waiting-intents.ts'

/** The input types of the order plane. */
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
  'ledgerAnswer',
  'killSwitch',
  'operatorCommand',
  'accountOpening',
  'tradingCondition',
] as const satisfies readonly Event['type'][]
export type OrderPlaneInput = Extract<Event, { readonly type: (typeof orderPlaneInputs)[number] }>

/** The order plane's state for the live view and the report. Positions are valued at their marks. */
export interface OrderPlaneView {
  readonly tradingState: TradingState
  /** Active kill switches. */
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
  /** What the ledger of the strategy plane differed in when it was last compared. */
  readonly differences: LedgerDifferences
  /** US dollars for one unit of each currency whose rate is fed; 0 before the first. */
  readonly movingRates: readonly { readonly currency: string; readonly usd: number }[]
}

/** The saved state of the core. */
export const orderPlaneSchema = stateSchema({
  lastSeq: field.count,
  nowUs: field.timeUs,
  marketUs: field.timeUs,
  /** Null while no order can be ended by a session. */
  sessionCheckUs: field.orNull(field.timeUs),
  waiting: waitingIntentsSchema,
  mode: tradingModeSchema,
  rate: orderRateSchema,
  orders: orderStoreSchema,
  rates: runRatesSchema,
  ledger: ledgerSchema,
  broker: savedBrokerSchema,
  desks: tradingDesksSchema,
  totals: executionTotalsSchema,
  digests: ledgerDigestsSchema,
})
export type OrderPlaneSnapshot = StateOf<typeof orderPlaneSchema>

export interface OrderPlaneCore extends PlaneCore<OrderPlaneInput, ExecutionEvent> {
  view(): OrderPlaneView
  /** The trading state once an operator's command has taken effect whole. */
  stateAfter(command: OperatorCommandCode): TradingState
  /** What the account owns, and whether it may be opened with what it owned before the run. */
  readonly account: Pick<AccountOpenings, 'owned' | 'wouldOpen'>
  /** Commission of a booked fill, US dollars; negative is a rebate. */
  feeUsd(fill: Fill): number
  /** Notional of a fill of an instrument of the run, US dollars. */
  notionalUsd(fill: Fill): number
  snapshot(): OrderPlaneSnapshot
}
