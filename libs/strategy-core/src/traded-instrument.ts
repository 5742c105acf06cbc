import {
  field,
  isCashTraded,
  stateSchema,
  stepsSchema,
  type Instrument,
  type StateOf,
  instrumentId,
} from '@triplane/contracts'
import { invariant } from '@triplane/kernel'
import {
  OfiSignal,
  ofiSignalSchema,
  OrderDesk,
  orderDeskSchema,
  tradingTerms,
  type SeenInstrument,
  type TradingTerms,
} from '@triplane/strategy'
import type { StrategyConfig } from './config.ts'

/** What the strategy plane knows of one instrument. */
export interface TradedInstrument extends SeenInstrument {
  /** Its target is never below flat: the account has no margin for it. */
  readonly isLongOnly: boolean
  readonly terms: TradingTerms
  readonly signal: OfiSignal
  readonly desk: OrderDesk
  bid: number
  ask: number
  /** There is a quote since the feed was last connected. */
  isQuoted: boolean
  /** Market time of the newest quote, and of the newest order flow, which comes of one. A trade does not make it newer. */
  quotedUs: number
  /** The data plane says that what comes is old when it comes. */
  isLate: boolean
  /** False since a price or size was finer than the instrument's steps: it is seen, not traded. */
  areStepsKnown: boolean
  /** The data plane says that the book can be trusted; not before it does. */
  isBookValid: boolean
  /** The data plane says that nothing was received of it for too long. */
  isStale: boolean
  /** Undefined before the first target and while a kill switch is active. */
  targetUsd: number | undefined
}

/** A traded instrument as it is saved. */
export const tradedInstrumentSchema = stateSchema({
  id: field.text,
  lastSeenUs: field.timeUs,
  quotedUs: field.timeUs,
  source: field.text,
  bid: field.real,
  ask: field.real,
  isQuoted: field.flag,
  isLate: field.flag,
  areStepsKnown: field.flag,
  steps: stepsSchema,
  isBookValid: field.flag,
  isStale: field.flag,
  targetUsd: field.orNull(field.real),
  signal: ofiSignalSchema,
  desk: orderDeskSchema,
})
export type TradedInstrumentSnapshot = StateOf<typeof tradedInstrumentSchema>

const nothingHeard = {
  lastSeenUs: 0,
  quotedUs: 0,
  source: '',
  bid: 0,
  ask: 0,
  isQuoted: false,
  isLate: false,
  areStepsKnown: true,
  isBookValid: false,
  isStale: false,
  targetUsd: null,
}

/** Starts following an instrument, or goes on from a snapshot. */
export function followInstrument(
  instrument: Instrument,
  strategy: string,
  config: StrategyConfig,
  snapshot?: TradedInstrumentSnapshot,
): TradedInstrument {
  const rateToUsd = config.ratesToUsd[instrument.quote]
  invariant(rateToUsd !== undefined, 'every quote currency has a rate to USD', instrument.quote)
  const id = instrumentId(instrument)
  const { lastSeenUs, quotedUs, isLate, areStepsKnown, source, bid, ask, isQuoted, isBookValid, isStale, targetUsd } =
    snapshot ?? nothingHeard
  const terms = tradingTerms(instrument, rateToUsd, snapshot?.steps)
  const scope = { strategy, instrument: id, terms }
  return {
    id,
    venue: instrument.venue,
    terms,
    isLongOnly: isCashTraded(instrument, config.marginVenues),
    signal: new OfiSignal(config.ofi, snapshot?.signal),
    desk: new OrderDesk(scope, config.intents, snapshot?.desk),
    lastSeenUs,
    quotedUs,
    isLate,
    areStepsKnown,
    source,
    bid,
    ask,
    isQuoted,
    isBookValid,
    isStale,
    targetUsd: targetUsd ?? undefined,
  }
}

/** What `followInstrument` needs to go on. */
export function snapshotInstrument(traded: TradedInstrument): TradedInstrumentSnapshot {
  const {
    id,
    lastSeenUs,
    quotedUs,
    source,
    bid,
    ask,
    isQuoted,
    isLate,
    areStepsKnown,
    isBookValid,
    isStale,
    targetUsd,
  } = traded
  return {
    id,
    lastSeenUs,
    quotedUs,
    source,
    bid,
    ask,
    isQuoted,
    isLate,
    areStepsKnown,
    steps: traded.terms.steps,
    isBookValid,
    isStale,
    targetUsd: targetUsd ?? null,
    signal: traded.signal.snapshot(),
    desk: traded.desk.snapshot(),
  }
}
