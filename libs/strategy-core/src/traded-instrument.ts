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
import { quantityWorth, tradingTerms, type RunRates, type TradingTerms } from '@triplane/instruments'
import { fixedFromNumber, formatFixed } from '@triplane/kernel'
import type { Booked, Ledger, Position } from '@triplane/ledger'
import {
  divideOrder,
  NET,
  opposingShares,
  OrderDesk,
  orderDeskSchema,
  RequestDesk,
  requestDeskSchema,
  type SeenInstrument,
  type Demand,
} from '@triplane/strategy'
import type { ActiveStrategy } from './active-strategy.ts'
import type { StrategyConfig } from './config.ts'

/** Decimal digits of a mark, which lies between ticks. */
const PRICE_DIGITS = 12

/** The state of one traded instrument. */
export interface TradedInstrument extends SeenInstrument {
  /** Its target is never below flat, because the account has no margin for it. */
  readonly isLongOnly: boolean
  readonly terms: TradingTerms
  /** The ledger's own objects, which stay current: what is held, and by which strategy. */
  readonly position: Position
  readonly parts: ReadonlyMap<string, Booked>
  readonly desk: OrderDesk
  /** The desks of the strategies that request orders themselves. */
  readonly requestDesks: readonly RequestDesk[]
  /** The targets of the other strategies, in the order of the run. */
  readonly targets: readonly StrategyTarget[]
  bid: number
  ask: number
  /** Whether its quote currency has a rate by which it may be traded. */
  readonly isRateKnown: () => boolean
  /** A quote has come since the feed last connected. */
  isQuoted: boolean
  /** Market time of the newest quote or order flow, which is derived from quotes. Trades do not count. */
  quotedUs: number
  /** The data plane reports that its events come late. */
  isLate: boolean
  /** False since a price or size was finer than the instrument's steps: it is not traded. */
  areStepsKnown: boolean
  /** The data plane reports a valid book; false until it does. */
  isBookValid: boolean
  /** The data plane reports that nothing was received for too long. */
  isStale: boolean
  /** The target of all strategies; undefined before the first and while a kill switch is active. */
  targetUsd: number | undefined
}

/** A strategy's target in an instrument. */
interface StrategyTarget {
  readonly strategy: string
  /** Its current opinion, [-1, 1]. */
  strength: number
  /** The part of it that the portfolio grants. */
  targetUsd: number
}

const strategyTargetSchema = stateSchema({ strategy: field.text, strength: field.real, targetUsd: field.real })

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
  targets: field.list(strategyTargetSchema),
  desk: orderDeskSchema,
  requestDesks: field.list(stateSchema({ strategy: field.text, desk: requestDeskSchema })),
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

/** Starts following an instrument, or resumes from a snapshot. */
export function followInstrument(
  instrument: Instrument,
  strategies: readonly ActiveStrategy[],
  config: StrategyConfig,
  { ledger, rates }: { readonly ledger: Ledger; readonly rates: RunRates },
  snapshot?: TradedInstrumentSnapshot,
): TradedInstrument {
  const id = instrumentId(instrument)
  const { lastSeenUs, quotedUs, isLate, areStepsKnown, source, bid, ask, isQuoted, isBookValid, isStale, targetUsd } =
    snapshot ?? nothingHeard
  const terms = rates.follow(tradingTerms(instrument, rates.usdPer(instrument.quote), snapshot?.steps))
  const saved = new Map(snapshot?.targets.map((target) => [target.strategy, target]))
  const opinionated = strategies.filter(({ limits }) => limits === undefined)
  const targets = opinionated.map(({ name: strategy }) => ({
    strength: 0,
    targetUsd: 0,
    ...saved.get(strategy),
    strategy,
  }))
  const isOwn = (name: string) => name === NET || targets.some(({ strategy }) => strategy === name)
  const savedDesks = new Map(snapshot?.requestDesks.map(({ strategy, desk }) => [strategy, desk]))
  const requestDesks = strategies.flatMap(({ name, limits }) =>
    limits
      ? [new RequestDesk({ strategy: name, instrument: id, terms }, limits, config.intents, savedDesks.get(name))]
      : [],
  )
  const ownersOf = (quantity: bigint) => {
    const sole = soleStrategy(traded)
    return sole === undefined ? divideOrder(quantity, demandsOf(traded), terms.quantityScale) : { strategy: sole }
  }
  const traded: TradedInstrument = {
    id,
    venue: instrument.venue,
    terms,
    position: ledger.position(id),
    parts: ledger.parts(id),
    isRateKnown: () => rates.isKnown(instrument.quote),
    isLongOnly: isCashTraded(instrument, config.marginVenues),
    targets,
    requestDesks,
    desk: new OrderDesk(
      { instrument: id, terms, ownersOf, isOwn },
      config.intents,
      snapshot && deskOf(snapshot, requestDesks),
    ),
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

/** The desk adopts the orders of strategies that no longer run, and cancels them: they serve no target. */
function deskOf({ desk, requestDesks }: TradedInstrumentSnapshot, running: readonly RequestDesk[]) {
  const left = requestDesks.filter((saved) => !running.some(({ strategy }) => strategy === saved.strategy))
  return { ...desk, orders: [...desk.orders, ...left.flatMap((saved) => saved.desk.orders)] }
}

/** How far each strategy is from its target. One that no longer runs but left a position has a target of 0. */
function demandsOf({ terms, parts, targets, requestDesks, bid, ask }: TradedInstrument): Demand[] {
  const mid = (bid + ask) / 2
  const wanted = targets.map(({ strategy, targetUsd }) => {
    const held = parts.get(strategy)?.quantity ?? 0n
    return { strategy, held, missing: quantityWorth(targetUsd, mid, terms) - held }
  })
  const isLeft = (name: string) => ![...targets, ...requestDesks].some(({ strategy }) => strategy === name)
  const left = [...parts].flatMap(([strategy, { quantity: held }]) =>
    isLeft(strategy) && held !== 0n ? [{ strategy, held, missing: -held }] : [],
  )
  return [...wanted, ...left]
}

/** The position held for targets: all but that of strategies that request orders themselves. */
export function targetedPosition({ position, parts, requestDesks }: TradedInstrument): bigint {
  let rest = position.quantity
  for (const { strategy } of requestDesks) rest -= parts.get(strategy)?.quantity ?? 0n
  return rest
}

/** What opposing strategies can trade with each other at the mark; undefined when it is not worth a trade. */
export function crossing(
  instrument: TradedInstrument,
  minTradeUsd: number,
): Pick<Cross, 'price' | 'shares'> | undefined {
  const { terms, position } = instrument
  const { mark } = position
  if (mark === 0 || soleStrategy(instrument) !== undefined) return undefined
  const shares = opposingShares(demandsOf(instrument), terms.lotUnits, terms.quantityScale)
  const bought = shares.reduce((sum, { quantity }) => sum + Math.max(0, Number(quantity)), 0)
  return bought * mark * terms.contractSize * terms.usdPerQuote >= minTradeUsd
    ? { price: formatFixed(fixedFromNumber(mark, PRICE_DIGITS), PRICE_DIGITS), shares }
    : undefined
}

/** The one strategy with a target, where no other ever traded the instrument: the usual run, which has nothing to divide or to cross. */
function soleStrategy({ targets, parts }: TradedInstrument): string | undefined {
  const strategy = targets.length === 1 ? targets[0]?.strategy : undefined
  return strategy !== undefined && parts.size === (parts.has(strategy) ? 1 : 0) ? strategy : undefined
}

/** The state from which `followInstrument` resumes. */
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
    targets: traded.targets.map((target) => ({ ...target })),
    desk: traded.desk.snapshot(),
    requestDesks: traded.requestDesks.map((desk) => ({ strategy: desk.strategy, desk: desk.snapshot() })),
  }
}
