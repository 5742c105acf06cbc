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
import { ledgerSchema, type RoundTrips, type StrategyValuation, type Valuation } from '@triplane/ledger'
import { connectionsSchema, killSwitchesSchema, type StrategyDefinition, type SwitchStatus } from '@triplane/strategy'
import { savedStrategiesSchema, type ActiveStrategy, type StrategyNotice } from './active-strategy.ts'
import { quotedInstrumentSchema } from './quoted-instruments.ts'
import { tradedInstrumentSchema } from './traded-instrument.ts'

/** What is about the market. */
export type MarketInput = Quote | Trade | Ofi | Bar | PastBar | Mark | MarketStatus
export type StrategyInput = MarketInput | OrderEvent | Fill | AccountOpened | OperatorCommand | Tuning
export type StrategyOutput = Signal | TargetPortfolio | OrderIntent | CancelIntent | Cross | PortfolioState | KillSwitch

/** What the core cannot know by itself. */
export interface StrategyDeps {
  /** What may be traded in the run: an instrument is in it once, and its quote currency has a rate to USD. */
  readonly instruments: readonly Instrument[]
  /** What strategies may read beside it, and nobody trades. Default: nothing. */
  readonly quoted?: readonly Instrument[]
  /** The trading calendar. */
  readonly isSessionOpen: (id: InstrumentId, timeUs: number) => boolean
  /** The strategies that the settings may name; default: those that come with Triplane. */
  readonly strategies?: readonly StrategyDefinition[]
  /** Told what became of a strategy: the edge's, for the log and to count. It must not call back. */
  readonly onNotice?: (notice: StrategyNotice) => void
}

/** Where the strategy plane stands, for the live view and the report. */
interface StrategySummary {
  readonly account: Valuation
  /** What each strategy of the run has made, and each of an earlier one that traded. */
  readonly strategies: readonly StrategyValuation[]
  /** Those that run, with the parameters in force. */
  readonly active: readonly (Pick<ActiveStrategy, 'name' | 'parameters' | 'suspendedWhy'> & {
    /** Instruments of which what it says is not taken yet: it has not had the history that it declares. */
    readonly warmingUp: readonly InstrumentId[]
  })[]
  /** Tunings of operators that were refused. */
  readonly refusedTunings: number
  /** Market time of the newest evaluation; 0 before the first input. */
  readonly evaluatedUs: number
  /** A position whose mark is older is valued at a stale one. */
  readonly markAgeLimitUs: number
  readonly roundTrips: RoundTrips
  readonly switches: Readonly<Record<SwitchType, SwitchStatus>>
}

export interface StrategyCore extends PlaneCore<StrategyInput, StrategyOutput> {
  /** What the account owns by this ledger: the order plane's is the authority. */
  owned(): OwnedAccount
  /** May be called at any time; what the core does is the same. */
  summary(): StrategySummary
  snapshot(): StrategySnapshot
}

/** The state of the core as it is saved, with that of strategies. */
export function strategySchemaOf(definitions: readonly StrategyDefinition[]) {
  return stateSchema({
    outboxSeq: field.count,
    /** 0 before the first input. */
    nextEvaluationUs: field.timeUs,
    /** Market time of the newest input. */
    lastInputUs: field.timeUs,
    isReducing: field.flag,
    refusedTunings: field.count,
    connections: connectionsSchema,
    ledger: ledgerSchema,
    switches: killSwitchesSchema,
    strategies: savedStrategiesSchema(definitions),
    instruments: field.list(tradedInstrumentSchema),
    quoted: field.list(quotedInstrumentSchema),
  })
}

/** The state of the core as it is saved. */
export type StrategySnapshot = StateOf<ReturnType<typeof strategySchemaOf>>
