import {
  field,
  stateSchema,
  type AccountOpened,
  type Bar,
  type CancelIntent,
  type Cross,
  type Fill,
  type Instrument,
  type InstrumentId,
  type KillSwitch,
  type LedgerAnswer,
  type LedgerDigest,
  type LedgerStated,
  type Mark,
  type MarketStatus,
  type Ofi,
  type OperatorCommand,
  type OrderEvent,
  type OrderIntent,
  type OwnedAccount,
  type PastBar,
  type PlaneCore,
  type PortfolioState,
  type Quote,
  type Signal,
  type StateOf,
  type SwitchType,
  type TargetPortfolio,
  type Trade,
  type Tuning,
} from '@triplane/contracts'
import { runRatesSchema, type ConfiguredRates } from '@triplane/instruments'
import {
  ledgerSchema,
  type LedgerDifferences,
  type RoundTrips,
  type StrategyValuation,
  type Valuation,
} from '@triplane/ledger'
import { connectionsSchema, killSwitchesSchema, type StrategyDefinition, type SwitchStatus } from '@triplane/strategy'
import { savedStrategiesSchema, type ActiveStrategy, type StrategyNotice } from './active-strategy.ts'
import { knownOrdersSchema } from './known-orders.ts'
import { ledgerComparisonSchema } from './ledger-comparison.ts'
import type { LedgerNotice } from './ledger-notice.ts'
import { quotedInstrumentSchema } from './quoted-instruments.ts'
import { tradedInstrumentSchema } from './traded-instrument.ts'

/** Inputs about the market. */
export type MarketInput = Quote | Trade | Ofi | Bar | PastBar | Mark | MarketStatus
export type ExecutionInput = OrderEvent | Fill | AccountOpened | LedgerDigest | LedgerStated
export type StrategyInput = MarketInput | ExecutionInput | OperatorCommand | Tuning
type OrderOutput = OrderIntent | CancelIntent | Cross | LedgerAnswer
export type StrategyOutput = Signal | TargetPortfolio | OrderOutput | PortfolioState | KillSwitch

/** The core's dependencies. */
export interface StrategyDeps {
  /** The instruments that may be traded: each once, with a configured rate from its quote currency to USD. */
  readonly instruments: readonly Instrument[]
  /** The rates at the start of a run, and the instruments that feed those that move. */
  readonly rates: ConfiguredRates
  /** Instruments that strategies may read and not trade. Default: none. */
  readonly quoted?: readonly Instrument[]
  /** The trading calendar. */
  readonly isSessionOpen: (id: InstrumentId, timeUs: number) => boolean
  /** The strategies that the settings may name; default: the built-in ones. */
  readonly strategies?: readonly StrategyDefinition[]
  /** Called on events in the life of a strategy and of the ledger, for logs and counters. It must not call back. */
  readonly onNotice?: (notice: StrategyNotice | LedgerNotice) => void
}

/** The state of the strategy plane, for the live view and the report. */
interface StrategySummary {
  readonly account: Valuation
  /** The results of each strategy of the run, and of earlier ones that traded. */
  readonly strategies: readonly StrategyValuation[]
  /** The running strategies, with their current parameters. */
  readonly active: readonly (Pick<ActiveStrategy, 'name' | 'parameters' | 'suspendedWhy'> & {
    /** Instruments still warming up: the strategy's decisions about them do not count yet. */
    readonly warmingUp: readonly InstrumentId[]
  })[]
  /** The number of refused tunings. */
  readonly refusedTunings: number
  /** Market time of the newest evaluation; 0 before the first input. */
  readonly evaluatedUs: number
  /** Age from which on a position's mark is stale. */
  readonly markAgeLimitUs: number
  readonly roundTrips: RoundTrips
  /** What this ledger differed in from the order plane's newest digest. */
  readonly differences: LedgerDifferences
  readonly switches: Readonly<Record<SwitchType, SwitchStatus>>
}

export interface StrategyCore extends PlaneCore<StrategyInput, StrategyOutput> {
  /** What the account owns according to this ledger; the order plane's is the authority. */
  owned(): OwnedAccount
  /** The fill that was booked last: `owned` is as of it. Undefined before the first. */
  lastFillId(): string | undefined
  /** Free of side effects, at any time. */
  summary(): StrategySummary
  snapshot(): StrategySnapshot
}

/** The schema of the core's saved state, with that of the strategies. */
export function strategySchemaOf(definitions: readonly StrategyDefinition[]) {
  return stateSchema({
    outboxSeq: field.count,
    /** 0 before the first input. */
    nextEvaluationUs: field.timeUs,
    /** Market time of the newest input. */
    lastInputUs: field.timeUs,
    isReducing: field.flag,
    refusedTunings: field.count,
    knownOrders: knownOrdersSchema,
    comparison: ledgerComparisonSchema,
    connections: connectionsSchema,
    rates: runRatesSchema,
    ledger: ledgerSchema,
    switches: killSwitchesSchema,
    strategies: savedStrategiesSchema(definitions),
    instruments: field.list(tradedInstrumentSchema),
    quoted: field.list(quotedInstrumentSchema),
  })
}

/** The state of the core as it is saved. */
export type StrategySnapshot = StateOf<ReturnType<typeof strategySchemaOf>>
