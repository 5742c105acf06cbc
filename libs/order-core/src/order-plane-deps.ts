import type {
  BookDelta,
  BookSnapshot,
  Instrument,
  KillSwitch,
  MarketStatus,
  OrderIntent,
  Quote,
  Trade,
  TradingState,
} from '@triplane/contracts'
import type { BrokerDefinition, BrokerSettings } from '@triplane/execution'
import type { ConfiguredRates } from '@triplane/instruments'
import type { Reconciliation } from './ledger-digests.ts'

/** The market events that the desks handle. */
export type MarketInput = Trade | Quote | BookDelta | BookSnapshot | MarketStatus

/** A broker's answer to an amendment. */
export type AmendmentOutcome = 'amended' | 'rejected'

/** A kill switch released itself, and what that made of the trading state. */
export interface SwitchRelease {
  readonly event: KillSwitch
  readonly before: TradingState
  readonly after: TradingState
}

/** The core's dependencies, beside its settings. */
export interface OrderPlaneDeps {
  /** The instruments of the run. */
  readonly instruments: readonly Instrument[]
  /** Rates at the start of a run, and the feeds of those that move. */
  readonly rates: ConfiguredRates
  readonly isSessionOpen: (session: Instrument['session'], timeUs: number) => boolean
  /** The brokers that the settings may name; default: all of the registry. */
  readonly brokers?: readonly BrokerDefinition<BrokerSettings>[] | undefined
  /** Called when the gate approves an intent, so that the edge can take the time. It must not call back. */
  readonly onApproved?: (intent: OrderIntent) => void
  /** Called for an intent with a known id, to count it: no output mentions it. It must not call back. */
  readonly onDuplicate?: (intent: OrderIntent) => void
  /** Called with the answer to a requested amendment, to count it: no output mentions it. It must not call back. */
  readonly onAmendment?: (outcome: AmendmentOutcome) => void
  /** Called when a kill switch has released itself, for the audit; again when a restart repeats the turn. It must not call back. */
  readonly onReleased?: (release: SwitchRelease) => void
  /** Called with the outcome of each comparison of ledgers, to count it. It must not call back. */
  readonly onReconciliation?: (outcome: Reconciliation) => void
}
