import type { BookDelta, BookSnapshot, Instrument, MarketStatus, OrderIntent, Quote, Trade } from '@triplane/contracts'
import type { BrokerDefinition, BrokerSettings } from '@triplane/execution'
import type { ConfiguredRates } from '@triplane/instruments'

/** What the desks hear of the market. */
export type MarketInput = Trade | Quote | BookDelta | BookSnapshot | MarketStatus

/** How a broker answers an amendment. */
export type AmendmentOutcome = 'amended' | 'rejected'

/** What the core is built with, beside its settings. */
export interface OrderPlaneDeps {
  /** The instruments of the run. */
  readonly instruments: readonly Instrument[]
  /** What currencies are worth at the start of a run, and what feeds those that move. */
  readonly rates: ConfiguredRates
  readonly isSessionOpen: (session: Instrument['session'], timeUs: number) => boolean
  /** The brokers that the settings may name; default: every one that there is. */
  readonly brokers?: readonly BrokerDefinition<BrokerSettings>[] | undefined
  /** Told of an intent at the moment when the gate approves it: the edge's, to take the time. It must not call back. */
  readonly onApproved?: (intent: OrderIntent) => void
  /** Told of an intent whose id is known already, which no output tells of: to be counted. It must not call back. */
  readonly onDuplicate?: (intent: OrderIntent) => void
  /** Told how an amendment that we asked for was answered, which no output tells of: to be counted. It must not call back. */
  readonly onAmendment?: (outcome: AmendmentOutcome) => void
}
