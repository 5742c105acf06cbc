import {
  field,
  isCashTraded,
  stateSchema,
  stepsSchema,
  type Cross,
  type Instrument,
  type StateOf,
  instrumentId,
} from '@triplane/contracts'
import { fixedFromNumber, formatFixed, invariant } from '@triplane/kernel'
import type { Ledger } from '@triplane/ledger'
import {
  divideOrder,
  opposingShares,
  OrderDesk,
  orderDeskSchema,
  quantityWorth,
  tradingTerms,
  type SeenInstrument,
  type StrategyWant,
  type TradingTerms,
} from '@triplane/strategy'
import type { StrategyConfig } from './config.ts'

/** Decimal digits of a mark, which lies between ticks. */
const PRICE_DIGITS = 12

/** What the strategy plane knows of one instrument. */
export interface TradedInstrument extends SeenInstrument {
  /** Its target is never below flat: the account has no margin for it. */
  readonly isLongOnly: boolean
  readonly terms: TradingTerms
  readonly desk: OrderDesk
  /** What each strategy of the run wants of it, in their order. */
  readonly wants: readonly Want[]
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
  /** Of all strategies; undefined before the first target and while a kill switch is active. */
  targetUsd: number | undefined
}

/** What a strategy wants of an instrument. */
export interface Want {
  readonly strategy: string
  /** Its opinion in force, [-1, 1]. */
  strength: number
  /** What the portfolio gives it of that. */
  targetUsd: number
}

const wantSchema = stateSchema({ strategy: field.text, strength: field.real, targetUsd: field.real })

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
  wants: field.list(wantSchema),
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
  strategies: readonly string[],
  config: StrategyConfig,
  ledger: Ledger,
  snapshot?: TradedInstrumentSnapshot,
): TradedInstrument {
  const rateToUsd = config.ratesToUsd[instrument.quote]
  invariant(rateToUsd !== undefined, 'every quote currency has a rate to USD', instrument.quote)
  const id = instrumentId(instrument)
  const { lastSeenUs, quotedUs, isLate, areStepsKnown, source, bid, ask, isQuoted, isBookValid, isStale, targetUsd } =
    snapshot ?? nothingHeard
  const terms = tradingTerms(instrument, rateToUsd, snapshot?.steps)
  const saved = new Map(snapshot?.wants.map((want) => [want.strategy, want]))
  const wants = strategies.map((strategy) => ({ strength: 0, targetUsd: 0, ...saved.get(strategy), strategy }))
  const ownersOf = (quantity: bigint) => divideOrder(quantity, wantsOf(traded, ledger), terms.quantityScale)
  const traded: TradedInstrument = {
    id,
    venue: instrument.venue,
    terms,
    isLongOnly: isCashTraded(instrument, config.marginVenues),
    wants,
    desk: new OrderDesk({ instrument: id, terms, ownersOf }, config.intents, snapshot?.desk),
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
  return traded
}

/** What each strategy lacks of its target: those of the run, and those of an earlier one that left a position, which has no target. */
function wantsOf({ id, terms, wants, bid, ask }: TradedInstrument, ledger: Ledger): StrategyWant[] {
  const parts = ledger.parts(id)
  const mid = (bid + ask) / 2
  const wanted = wants.map(({ strategy, targetUsd }) => {
    const held = parts.get(strategy)?.quantity ?? 0n
    return { strategy, held, missing: quantityWorth(targetUsd, mid, terms) - held }
  })
  const isLeft = (strategy: string) => !wants.some((want) => want.strategy === strategy)
  const left = [...parts].flatMap(([strategy, { quantity: held }]) =>
    isLeft(strategy) && held !== 0n ? [{ strategy, held, missing: -held }] : [],
  )
  return [...wanted, ...left]
}

/** What strategies that want the opposite of an instrument can trade with one another at its mark; undefined when it is not worth a trade. */
export function crossing(
  instrument: TradedInstrument,
  minTradeUsd: number,
  ledger: Ledger,
): Pick<Cross, 'price' | 'shares'> | undefined {
  const { id, terms, wants } = instrument
  const { mark } = ledger.position(id)
  if (wants.length + ledger.parts(id).size < 2 || mark === 0) return undefined
  const shares = opposingShares(wantsOf(instrument, ledger), terms.lotUnits, terms.quantityScale)
  const bought = shares.reduce((sum, { quantity }) => sum + Math.max(0, Number(quantity)), 0)
  return bought * mark * terms.usdPerQuote >= minTradeUsd
    ? { price: formatFixed(fixedFromNumber(mark, PRICE_DIGITS), PRICE_DIGITS), shares }
    : undefined
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
    wants: traded.wants.map((want) => ({ ...want })),
    desk: traded.desk.snapshot(),
  }
}
