import {
  field,
  stateSchema,
  type Bar,
  type NormalizeRefusal,
  type OrderState,
  type RiskCode,
  type StateOf,
  type SwitchType,
  type Timeframe,
  type ValidationRefusal,
  type EventDraft,
} from '@triplane/contracts'
import { explainNoneUnderstood } from '@triplane/market-data'

/** Events counted in a report, by emission. */
export const countedEvents = [
  'trade',
  'quote',
  'bookDelta',
  'bookSnapshot',
  'bar',
  'ofi',
  'signal',
  'orderIntent',
  'fill',
] as const
export type CountedEvent = (typeof countedEvents)[number]

export interface ReportedBook {
  readonly valid: boolean
  /** A side without a level is absent. */
  readonly bid?: number
  readonly bidSize?: number
  readonly ask?: number
  readonly askSize?: number
  readonly updateId: number
}

interface ReportedPosition {
  readonly quantity: number
  readonly mark: number
  /** Market time between the source of the mark and the end of the run. */
  readonly markAgeUs: number
  /** The mark is older than its limit. */
  readonly isMarkStale: boolean
  /** Too small to be closed: the venue accepts no such order. */
  readonly isDust?: boolean
}

/** A bar of the report, saved until then. */
export const reportedBarSchema = stateSchema({
  openTimeUs: field.timeUs,
  open: field.real,
  high: field.real,
  low: field.real,
  close: field.real,
  volume: field.real,
  trades: field.count,
  closed: field.flag,
  /** Trades of the interval are missing, or may be; always true for the bar in progress when the run ended. */
  incomplete: field.flag,
})
export type ReportedBar = StateOf<typeof reportedBarSchema>

/**
 * The report of a run. Its field names are a contract; more fields may be added. All values are JSON numbers, times are integer
 * microseconds, money is rounded half to even at 1e-8. Every known reason, state and switch is present, 0 included.
 */
export interface Report {
  readonly run: {
    readonly id: string
    readonly source: string
    readonly seed?: number
    readonly scenario?: string
    readonly startTimeUs: number
    readonly endTimeUs: number
    readonly marketSeconds: number
  }
  readonly frames: {
    readonly in: number
    /** Events decoded from them. */
    readonly understood: number
    /** Trades of an unused stream, where another one of the symbol is used. */
    readonly ignored: number
    readonly refused: Readonly<Record<NormalizeRefusal | ValidationRefusal, number>>
  }
  readonly events: Readonly<Record<CountedEvent, number>>
  readonly gaps: number
  readonly invalidBooks: number
  readonly books: Readonly<Record<string, ReportedBook>>
  readonly bars: Readonly<Record<string, Partial<Record<Timeframe, readonly ReportedBar[]>>>>
  readonly ofi: Readonly<Record<string, readonly { readonly startUs: number; readonly value: number }[]>>
  readonly orders: Readonly<Record<OrderState, number>>
  readonly denied: Readonly<Record<RiskCode, number>>
  readonly execution: {
    readonly partialFills: number
    readonly commissionUsd: number
    readonly slippageBps: { readonly mean: number; readonly worst: number }
    /** Orders reduced to the participation cap. */
    readonly participationDownscales: number
    /** Orders sent although a switch had tripped: 0, or there is a bug. */
    readonly ordersAfterTrip: number
  }
  /** Every instrument ever traded. Quantities are base units, prices are the marks. */
  readonly positions: Readonly<Record<string, ReportedPosition>>
  /** Realised + unrealised equals the change of equity, to 1e-8. */
  readonly pnl: {
    /** Net of commission. */
    readonly realizedUsd: number
    readonly unrealizedUsd: number
    /** Commission, for information: `realizedUsd` includes it. */
    readonly feesUsd: number
    readonly equityUsd: number
    readonly maxDrawdownRatio: number
  }
  /** The result of each strategy that traded; they sum to the account's. */
  readonly strategies: Readonly<Record<string, ReportedStrategy>>
  /** As they stand at the end, and how often each tripped: `stale_data` releases itself. */
  readonly killSwitches: Readonly<
    Record<SwitchType, { readonly active: boolean; readonly distanceRatio: number; readonly trips: number }>
  >
  readonly storage?: {
    readonly rows: Readonly<Record<string, number>>
    readonly dropped: number
    /** Rows on disk, because the database was down; the next run stores them. Absent when there are none. */
    readonly waiting?: number
  }
  readonly latencyUs: { readonly frameToOrder: Percentiles }
  readonly wallSeconds: number
  readonly framesPerSecond: number
  /** Absent with --hash off. */
  readonly hash?: string
  readonly hashes?: { readonly data: string; readonly order: string; readonly strategy: string }
}

interface ReportedStrategy {
  /** Net of commission. */
  readonly realizedUsd: number
  readonly unrealizedUsd: number
  readonly feesUsd: number
  /** From its highest result, relative to the account's capital plus that. */
  readonly maxDrawdownRatio: number
  /** Base units by instrument. */
  readonly positions: Readonly<Record<string, number>>
}

export interface Percentiles {
  readonly p50: number
  readonly p99: number
  readonly p999: number
}

/** The report's form of a bar. An unclosed one was in progress when the run ended. */
export function reportedBar({ incomplete, ...bar }: EventDraft<Bar>): ReportedBar {
  const { openTimeUs, open, high, low, close, volume, trades, closed } = bar
  return { openTimeUs, open, high, low, close, volume, trades, closed, incomplete: incomplete === true || !closed }
}

/** Nearest-rank percentiles of `samples`, 0 when there are none. Sorts a copy. */
export function percentilesOf(samples: Float64Array): Percentiles {
  const sorted = samples.slice().sort()
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999) }
}

/** Why a replay was useless: it had frames, none of which was understood. Undefined otherwise. */
export function nothingUnderstood({ run, frames }: Report): string | undefined {
  if (run.seed !== undefined) return undefined
  const why = explainNoneUnderstood({ ...frames, framesIn: frames.in }, run.source)
  return why === undefined ? undefined : `${why} See --instruments and --venue.`
}
