import {
  exemptsReduceOnly,
  ruleOf,
  unitScale,
  type Cross,
  type EventDraft,
  type Fill,
  type Instrument,
  type OwnedAccount,
  instrumentId,
  type InstrumentId,
  type LedgerTotals,
} from '@triplane/contracts'
import { contractSizeOf, type Rates } from '@triplane/instruments'
import { divideHalfEven, err, fixed, invariant, MONEY_SCALE, ok, type Result } from '@triplane/kernel'
import { Assets } from './assets.ts'
import { balancesOf, type HeldPosition } from './balances.ts'
import { BookingRecord } from './booking-record.ts'
import { fillRefusal, type FillRefusal } from './fill-refusal.ts'
import { Holding, misfit } from './holding.ts'
import { untouchedLedger, type LedgerSnapshot } from './ledger-snapshot.ts'
import { ledgerTotals } from './ledger-totals.ts'
import { convertMoney, numberFromMoney } from './money.ts'
import { adoptedLedger, openedLedger, openingMark, ownedAccount } from './opening.ts'
import { accountRefusal, openingRefusal, type OpeningRefusal } from './opening-refusal.ts'
import {
  isTraded,
  markValue,
  notionalAt,
  PRICE_SCALE,
  unrealized,
  type Booked,
  type Position,
  type RoundTrip,
} from './position.ts'
import { divide, readShares, sharesIn, sumOf, unitsOf } from './shares.ts'
import { SubLedgers, type Gains, type HeldGains, type StrategyValuation } from './sub-ledgers.ts'
import { type PositionValue, type RoundTrips, type Valuation } from './valuation.ts'

/** The number of fill ids remembered. Older fills are deduplicated by their producer's sequence, which cores check first. */
const REMEMBERED_FILLS = 65_536
/** What else is remembered among the ids of fills. */
const NO_FILL = /^(cross|transfer|opening) /

/** The fields of an instrument that the ledger needs. */
type LedgerInstrument = Pick<
  Instrument,
  'symbol' | 'venue' | 'kind' | 'base' | 'quote' | 'lotSize' | 'minNotional' | 'contractSize' | 'exemptsReduceOnly'
>

/** A deposit or withdrawal of money or an asset, in a currency with a rate to USD or a mark. */
interface Transfer {
  /** Deduplicates transfers. */
  readonly transferId: string
  readonly currency: string
  /** Decimal, at most 8 digits; negative is a withdrawal. */
  readonly amount: string
}

export interface LedgerConfig {
  /** Decimal, above 0. A restored ledger keeps its original one. */
  readonly startingCashUsd: string
  /** Symbols are unique among them. */
  readonly instruments: readonly LedgerInstrument[]
  /** The current rates: every quote currency has one, or will have. */
  readonly rates: Rates
}

export interface Ledger {
  /** Why a fill cannot be booked, new or not; undefined if it can. */
  fillRefusal(fill: EventDraft<Fill>): FillRefusal | undefined
  /** Books a fill. Returns false and changes nothing if it was booked before. Throws on one that `fillRefusal` refuses. */
  book(fill: EventDraft<Fill>): boolean
  /**
   * Books a trade between strategies at the mark, which leaves the account as it is. Returns false and changes nothing if it was
   * booked before or does not sum to 0. Throws on an unknown instrument.
   */
  cross(cross: EventDraft<Cross>): boolean
  /** Books a deposit or withdrawal, keeping the drawdown. Returns false and changes nothing if it was booked before. */
  transfer(transfer: Transfer): boolean
  /** Commission of a fill, US dollars; negative is a rebate. Throws where `book` does. */
  feeUsd(fill: EventDraft<Fill>): number
  /** Cash of all currencies at their rates, which can buy assets without margin. */
  cashUsd(): bigint
  /** Values the instrument at `price`, of market time `atUs`, from now on. Throws unless it is a price. */
  mark(instrument: InstrumentId, price: number, atUs: number): void
  /** Sets the venue's smallest order value, a decimal of the quote currency. Not saved: the caller keeps it. */
  setMinNotional(instrument: InstrumentId, minNotional: string): void
  /** The position of a known instrument; throws on another. */
  position(instrument: InstrumentId): Position
  /** The part of each strategy that ever traded the instrument. They sum to the position. */
  parts(instrument: InstrumentId): ReadonlyMap<string, Booked>
  readonly roundTrips: RoundTrips
  /** The fill that was booked last: the ledger is as of it. Undefined before the first, and since the account was opened. */
  readonly lastFillId: string | undefined
  /** Values the account. Changes nothing. */
  value(): Valuation
  /** Values the account and remembers peak equity and largest drawdown, also of the strategies. */
  observe(): Valuation
  /** The gains of each strategy, in the order of their first trade. With unattributed gains they sum to the account exactly. */
  strategies(): readonly StrategyValuation[]
  /** What the account owns, independent of how the ledger stores it. */
  owned(): OwnedAccount
  /** Whether `open` would open it (`new`), already has (`known`), or why not. Changes nothing. */
  wouldOpen(openingId: string, account: OwnedAccount): Result<'new' | 'known', OpeningRefusal>
  /** Opens the ledger with what an account owned. Changes nothing if that was done before (`known`) or is refused. */
  open(openingId: string, account: OwnedAccount): Result<'new' | 'known', OpeningRefusal>
  /** What the ledger comes to, for a comparison with another. */
  totals(): LedgerTotals
  /**
   * Holds from now on what another ledger of the account holds, after the bookings of that one. Peaks and round trips stay. Changes
   * nothing if it is refused.
   */
  adopt(account: OwnedAccount, totals: LedgerTotals, lastFillId?: string): Result<void, OpeningRefusal>
  snapshot(): LedgerSnapshot
}

/**
 * Builds the ledger of an account. It remembers positions, marks, peak equity, round trips and the newest fill ids.
 *
 * Invariants
 * 1. For each position: realised + unrealised = cash flow + mark value, exactly (`bookQuantity`).
 * 2. Reading changes nothing: only `book`, `cross`, `transfer`, `open`, `adopt`, `mark` and `observe` do.
 * 3. The balances at their marks, plus the unrealised result of perpetuals, equal the equity.
 * 4. A fee in another currency is paid by selling that asset at its mark, or the base at the fill's price: it is booked as a
 *    commission in the quote currency and reduces the asset. A fee in the base of a position reduces the position, so the
 *    position is the sellable quantity.
 * 5. A transfer leaves gain, loss and drawdown ratio as they were.
 * 6. Every booking belongs to a strategy, and the account is the sum of the strategies: a fill is divided by its shares, those
 *    against its side cross at its price, and those on its side pay the commission. Deposits, and their gains from moving
 *    rates, are unattributed.
 * 7. Bookings are in their own currency, valued at the rates in force at the valuation. Without a rate they count as 0.
 */
export function createLedger(config: LedgerConfig, snapshot?: LedgerSnapshot): Ledger {
  const configuredCashUsd = fixed(config.startingCashUsd, MONEY_SCALE)
  invariant(configuredCashUsd > 0n, 'starting cash is > 0', config.startingCashUsd)
  const positions = new Map<string, Holding>()
  const listed = new Map<string, LedgerInstrument>()
  const { rates } = config
  const assets = new Assets({ rates, listed: () => listed, markOf: (id) => positionOf(id).mark })
  /** Balances in these currencies are cash, in others assets. */
  const cashCurrencies = new Set(['USD'])
  for (const instrument of config.instruments) {
    const { quote, lotSize } = instrument
    const id = instrumentId(instrument)
    invariant(!positions.has(id), 'an instrument is in a ledger once', id)
    invariant(rates.has(quote), 'every quote currency has a rate to USD', quote)
    cashCurrencies.add(quote)
    positions.set(id, new Holding(id, quote, unitScale(lotSize), contractSizeOf(instrument)))
    listed.set(id, instrument)
  }

  let startingCashUsd = configuredCashUsd
  const cash = new Map<string, bigint>()
  let depositsUsd = 0n
  const fillIds = new Set<string>()
  let lastFillId: string | undefined
  const bookings = new BookingRecord()
  let peakUsd = 0n
  let maxDrawdownRatio = 0
  let roundTrips: RoundTrips
  let subLedgers: SubLedgers
  restore(snapshot ?? untouchedLedger(configuredCashUsd))

  /** Restores a saved ledger in place of what is booked. */
  function restore(saved: LedgerSnapshot): void {
    startingCashUsd = BigInt(saved.startingCashUsd)
    cash.clear()
    for (const { currency, units } of saved.cash) cash.set(currency, BigInt(units))
    depositsUsd = BigInt(saved.depositsUsd)
    fillIds.clear()
    for (const fillId of saved.fillIds) fillIds.add(fillId)
    lastFillId = saved.fillIds.findLast((id) => !NO_FILL.test(id))
    bookings.restore(saved.bookings)
    peakUsd = BigInt(saved.peakUsd)
    ;({ maxDrawdownRatio, roundTrips } = saved)
    subLedgers = new SubLedgers(saved.subLedgers)
    for (const holding of saved.positions) {
      const held = positions.get(holding.instrument)
      if (!held) throw misfit(holding)
      held.restore(holding)
    }
    assets.restore(saved.assets)
  }

  function holdingOf(id: InstrumentId): Holding {
    const holding = positions.get(id)
    invariant(holding !== undefined, 'the ledger knows the instrument', id)
    return holding
  }

  function positionOf(id: InstrumentId): Position {
    return holdingOf(id).whole
  }

  function instrumentOf(id: InstrumentId): LedgerInstrument {
    const instrument = listed.get(id)
    invariant(instrument !== undefined, 'the ledger knows the instrument', id)
    return instrument
  }

  function isBaseOf(id: InstrumentId, currency: string): boolean {
    return listed.get(id)?.base === currency
  }

  function remember(fillId: string): boolean {
    if (fillIds.has(fillId)) return false
    fillIds.add(fillId)
    if (fillIds.size > REMEMBERED_FILLS) fillIds.delete(fillIds.values().next().value as string)
    return true
  }

  function countRoundTrip(ended: RoundTrip): void {
    if (ended === 'open') return
    roundTrips = { closed: roundTrips.closed + 1, won: roundTrips.won + (ended === 'won' ? 1 : 0) }
  }

  function* held(): Generator<HeldPosition> {
    for (const { whole } of positions.values()) {
      const { base, kind } = instrumentOf(whole.instrument)
      yield { position: whole, base, isDerivative: ruleOf(kind).isDerivative }
    }
    for (const { whole } of assets.all) yield { position: whole, base: whole.instrument, isDerivative: false }
  }

  /** Deposits since the start, at the rates in force: every deposit of an asset includes cash for it. */
  function cashDepositsUsd(): bigint {
    let usd = -startingCashUsd
    for (const [currency, units] of cash) usd += convertMoney(units, rates.of(currency))
    return usd
  }

  /** Gains of deposits from rates that moved since; unattributed. */
  function cashGainUsd(): bigint {
    return cashDepositsUsd() - depositsUsd
  }

  function isDust({ instrument: id, quantity, mark }: Position, value: bigint): boolean {
    const instrument = listed.get(id)
    if (!instrument || quantity === 0n || mark === 0 || exemptsReduceOnly(instrument)) return false
    return (value < 0n ? -value : value) < fixed(instrument.minNotional, MONEY_SCALE)
  }

  function valuePosition(position: Position): PositionValue {
    const value = markValue(position)
    return {
      position,
      isDust: isDust(position, value),
      markValueUsd: convertMoney(value, rates.of(position.quoteCurrency)),
      ...gainsOf(position),
    }
  }

  function gainsOf(position: Position): Gains {
    const rate = rates.of(position.quoteCurrency)
    return {
      realizedUsd: convertMoney(position.realized, rate),
      unrealizedUsd: convertMoney(unrealized(position), rate),
      feesUsd: convertMoney(position.fees, rate),
    }
  }

  /** All holdings, with their valuation and the strategies' parts. */
  function* gains(): Generator<HeldGains> {
    for (const { whole, parts } of positions.values()) yield { whole, parts, gainsOf }
    for (const asset of assets.all) yield { whole: assets.valued(asset), parts: asset.parts, gainsOf }
  }

  function value(): Valuation {
    const values: PositionValue[] = []
    let realizedUsd = 0n
    let unrealizedUsd = 0n
    let feesUsd = 0n
    let grossUsd = 0n
    let netUsd = 0n
    for (const { whole } of positions.values()) {
      if (!isTraded(whole)) continue
      const of = valuePosition(whole)
      values.push(of)
      realizedUsd += of.realizedUsd
      unrealizedUsd += of.unrealizedUsd
      feesUsd += of.feesUsd
      grossUsd += of.markValueUsd < 0n ? -of.markValueUsd : of.markValueUsd
      netUsd += of.markValueUsd
    }
    for (const asset of assets.all) {
      const { realizedUsd: realized, unrealizedUsd: open } = gainsOf(assets.valued(asset))
      realizedUsd += realized
      unrealizedUsd += open
    }
    unrealizedUsd += cashGainUsd()
    const equityUsd = startingCashUsd + depositsUsd + realizedUsd + unrealizedUsd
    const drawdownRatio = equityUsd < peakUsd ? numberFromMoney(peakUsd - equityUsd) / numberFromMoney(peakUsd) : 0
    return {
      startingCashUsd,
      equityUsd,
      realizedUsd,
      unrealizedUsd,
      feesUsd,
      depositsUsd,
      balances: balancesOf(cash, held()),
      grossUsd,
      netUsd,
      drawdownRatio,
      maxDrawdownRatio: Math.max(maxDrawdownRatio, drawdownRatio),
      positions: values,
    }
  }

  function wouldOpen(openingId: string, account: OwnedAccount): Result<'new' | 'known', OpeningRefusal> {
    if (fillIds.has(openingMark(openingId))) return ok('known')
    const refusal = openingRefusal(account, snapshotNow(), rates)
    return refusal ? err(refusal) : ok('new')
  }

  function snapshotNow(): LedgerSnapshot {
    return {
      startingCashUsd: String(startingCashUsd),
      positions: Array.from(positions.values(), (holding) => holding.snapshot()),
      assets: assets.snapshot(),
      cash: Array.from(cash, ([currency, units]) => ({ currency, units: String(units) })),
      depositsUsd: String(depositsUsd),
      fillIds: [...fillIds],
      bookings: bookings.snapshot(),
      peakUsd: String(peakUsd),
      maxDrawdownRatio,
      roundTrips,
      subLedgers: subLedgers.snapshot(),
    }
  }

  return {
    fillRefusal: (fill) => {
      const isPriced = (currency: string) =>
        isBaseOf(fill.instrument, currency) || assets.priceOf(currency) !== undefined
      return fillRefusal(fill, positions.get(fill.instrument)?.whole, isPriced)
    },

    book(fill) {
      const holding = holdingOf(fill.instrument)
      const { whole } = holding
      const { quantityScale, quoteCurrency, mark } = whole
      const quantity = fixed(fill.quantity, quantityScale)
      invariant(quantity > 0n, "a fill's quantity is > 0", fill.quantity)
      const price = fixed(fill.price, PRICE_SCALE)
      const fee = fixed(fill.fee, MONEY_SCALE)
      const signed = fill.side === 'BUY' ? quantity : -quantity
      const shares = sharesIn(fill, signed, quantityScale)
      if (!remember(fill.fillId)) return false
      lastFillId = fill.fillId
      bookings.addFill(fill)

      if (mark === 0) holding.mark(Number(fill.price), fill.tsVenueUs)
      const instrument = instrumentOf(fill.instrument)
      const { base, kind } = instrument
      const { feeCurrency = quoteCurrency } = fill
      const takesBase = feeCurrency === base && !ruleOf(kind).isDerivative
      const notional = notionalAt(signed, price, whole)
      const notionals = divide(notional, shares.map(unitsOf))
      const fees = divide(
        fee,
        shares.map(({ units }) => (units < 0n === signed < 0n ? units : 0n)),
      )
      shares.forEach(({ strategy, units }, i) => {
        const own = fees[i] ?? 0n
        const quoteFee =
          feeCurrency === quoteCurrency ? own : assets.payFee(strategy, feeCurrency, own, fill, instrument)
        countRoundTrip(holding.book(strategy, units, notionals[i] ?? 0n, quoteFee))
        if (takesBase) countRoundTrip(assets.coverBase(strategy, holding, base, fill))
      })
      return true
    },

    cross(cross) {
      const { crossId, instrument, price, shares } = cross
      const holding = holdingOf(instrument)
      const { quantityScale } = holding.whole
      const parts = readShares(shares, quantityScale)
      if (!parts || sumOf(parts) !== 0n || !remember(`cross ${crossId}`)) return false
      bookings.addCross(cross)
      const atPrice = fixed(price, PRICE_SCALE)
      for (const side of [1n, -1n]) {
        const ofSide = parts.filter(({ units }) => units * side > 0n)
        const notional = notionalAt(sumOf(ofSide), atPrice, holding.whole)
        const notionals = divide(notional, ofSide.map(unitsOf))
        ofSide.forEach(({ strategy, units }, i) =>
          countRoundTrip(holding.book(strategy, units, notionals[i] ?? 0n, 0n)),
        )
      }
      return true
    },

    transfer({ transferId, currency, amount }) {
      const units = fixed(amount, MONEY_SCALE)
      const price = cashCurrencies.has(currency) ? undefined : assets.priceOf(currency)
      const isKnown = price !== undefined || (cashCurrencies.has(currency) && rates.find(currency) !== undefined)
      invariant(isKnown, 'what is transferred has a rate or a mark', currency)
      if (!remember(`transfer ${transferId}`)) return false
      const { equityUsd } = value()
      const before = cashDepositsUsd()
      if (price) {
        // A deposit of an asset is booked as a purchase with cash deposited for it.
        const { cost, quoteCurrency } = assets.deposit(currency, units, price)
        cash.set(quoteCurrency, (cash.get(quoteCurrency) ?? 0n) + cost)
      } else cash.set(currency, (cash.get(currency) ?? 0n) + units)
      const depositUsd = cashDepositsUsd() - before
      depositsUsd += depositUsd
      const isScalable = equityUsd > 0n && equityUsd + depositUsd > 0n
      peakUsd = isScalable ? divideHalfEven(peakUsd * (equityUsd + depositUsd), equityUsd) : peakUsd + depositUsd
      return true
    },

    feeUsd(fill) {
      const instrument = instrumentOf(fill.instrument)
      const { price, quote } =
        fill.feeCurrency === undefined
          ? { price: 1, quote: instrument.quote }
          : assets.priceOfFee(fill.feeCurrency, fill, instrument)
      return Number(fill.fee) * price * rates.usdPer(quote)
    },

    cashUsd() {
      let usd = 0n
      for (const [currency, units] of balancesOf(cash, held())) {
        if (cashCurrencies.has(currency)) usd += convertMoney(units, rates.of(currency))
      }
      return usd
    },

    mark(id, price, atUs) {
      invariant(price > 0 && price < Number.POSITIVE_INFINITY, 'a mark is a price > 0', price)
      holdingOf(id).mark(price, atUs)
    },

    setMinNotional(id, minNotional) {
      listed.set(id, { ...instrumentOf(id), minNotional })
    },

    position: positionOf,

    parts: (id) => holdingOf(id).parts,

    get roundTrips() {
      return roundTrips
    },

    get lastFillId() {
      return lastFillId
    },

    value,

    observe() {
      const valuation = value()
      if (valuation.equityUsd > peakUsd) peakUsd = valuation.equityUsd
      maxDrawdownRatio = valuation.maxDrawdownRatio
      subLedgers.observe(gains(), startingCashUsd + depositsUsd)
      return valuation
    },

    strategies: () => subLedgers.value(gains(), startingCashUsd + depositsUsd),

    owned: () => ownedAccount(snapshotNow()),

    wouldOpen,

    open(openingId, account) {
      const verdict = wouldOpen(openingId, account)
      if (verdict.ok && verdict.value === 'new') restore(openedLedger(openingId, account, snapshotNow()))
      return verdict
    },

    totals() {
      const wholes = Array.from(positions.values(), ({ whole }) => whole)
      return ledgerTotals({ bookings: bookings.snapshot(), positions: wholes, cash, hasAssets: assets.size > 0 })
    },

    adopt(account, bookings, fillId) {
      const own = snapshotNow()
      const refusal = accountRefusal(account, own, rates)
      if (refusal) return err(refusal)
      restore(adoptedLedger(account, { bookings, lastFillId: fillId }, own))
      return ok(undefined)
    },

    snapshot: snapshotNow,
  }
}
