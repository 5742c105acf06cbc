import type { Fill, Instrument } from '@triplane/contracts'
import { decimalsOf, fixed, invariant, MONEY_SCALE, multiplyFixed } from '@triplane/kernel'
import { convertMoney, numberFromMoney, parseRate, type Rate } from './money.ts'
import {
  bookQuantity,
  flatPosition,
  markValue,
  PRICE_SCALE,
  unrealized,
  type MutablePosition,
  type Position,
} from './position.ts'

/** How many fill ids are remembered. Older fills are told apart by their producer's sequence, which cores judge first. */
const REMEMBERED_FILLS = 65_536

export interface LedgerConfig {
  /** Decimal, above 0. */
  readonly startingCashUsd: string
  /** Symbols are unique among them. */
  readonly instruments: readonly Pick<Instrument, 'symbol' | 'quote' | 'lotSize'>[]
  /** USD for one unit of each quote currency, decimals: `{ USD: '1', USDT: '1' }`. */
  readonly ratesToUsd: Readonly<Record<string, string>>
}

/** One position in USD (1e-8). */
export interface PositionValue {
  readonly position: Position
  readonly markValueUsd: bigint
  readonly realizedUsd: bigint
  readonly unrealizedUsd: bigint
  readonly feesUsd: bigint
}

/** The account at its marks, in USD (1e-8). */
export interface Valuation {
  /** Starting cash + realised + unrealised, exactly. */
  readonly equityUsd: bigint
  /** Net of commission. */
  readonly realizedUsd: bigint
  readonly unrealizedUsd: bigint
  /** Commission paid, for information: it is in `realizedUsd`. */
  readonly feesUsd: bigint
  readonly grossUsd: bigint
  readonly netUsd: bigint
  /** From the highest equity that was observed, 0-1 and above when all is lost. */
  readonly drawdownRatio: number
  readonly maxDrawdownRatio: number
  /** What was ever traded, in the order of the instruments. */
  readonly positions: readonly PositionValue[]
}

export interface RoundTrips {
  readonly closed: number
  readonly won: number
}

export interface Ledger {
  /** Books a fill. False, and nothing changed, when it was booked before. Throws on an instrument it does not know. */
  book(fill: Fill): boolean
  /** Values the instrument at `price`, of market time `atUs`, from now on. Throws on what is no price. */
  mark(symbol: string, price: number, atUs: number): void
  /** The position of a known instrument; throws on another. */
  position(symbol: string): Position
  readonly roundTrips: RoundTrips
  /** Values the account. Changes nothing. */
  value(): Valuation
  /** Values the account and remembers peak equity and largest drawdown. */
  observe(): Valuation
  snapshot(): LedgerSnapshot
}

/** A ledger as JSON: fixed-point numbers are strings of units. */
export interface LedgerSnapshot {
  readonly positions: readonly {
    readonly [Field in keyof Position]: Position[Field] extends bigint ? string : Position[Field]
  }[]
  readonly fillIds: readonly string[]
  readonly peakUsd: string
  readonly maxDrawdownRatio: number
  readonly roundTrips: RoundTrips
}

/**
 * Builds the ledger of an account. It remembers positions, marks, peak equity, round trips and the newest fill ids.
 *
 * Invariants
 * 1. For each position: realised + unrealised = cash flow + mark value, exactly (`bookQuantity`).
 * 2. Reading changes nothing: only `book`, `mark` and `observe` do.
 */
export function createLedger(config: LedgerConfig, snapshot?: LedgerSnapshot): Ledger {
  const startingCashUsd = fixed(config.startingCashUsd, MONEY_SCALE)
  invariant(startingCashUsd > 0n, 'starting cash is > 0', config.startingCashUsd)
  const positions = new Map<string, MutablePosition>()
  const rates = new Map<string, Rate>()
  for (const { symbol, quote, lotSize } of config.instruments) {
    invariant(!positions.has(symbol), 'symbols are unique among the instruments of a ledger', symbol)
    const rate = config.ratesToUsd[quote]
    invariant(rate !== undefined, 'every quote currency has a rate to USD', quote)
    positions.set(symbol, flatPosition(symbol, quote, decimalsOf(lotSize)))
    rates.set(quote, parseRate(rate))
  }

  const fillIds = new Set(snapshot?.fillIds)
  let peakUsd = snapshot ? BigInt(snapshot.peakUsd) : startingCashUsd
  let maxDrawdownRatio = snapshot?.maxDrawdownRatio ?? 0
  let roundTrips = snapshot?.roundTrips ?? { closed: 0, won: 0 }
  for (const saved of snapshot?.positions ?? []) {
    const { quantity, costBasis, realized, fees, cashFlow, mark, markUs, roundTripResult } = saved
    Object.assign(positionOf(saved.symbol), {
      quantity: BigInt(quantity),
      costBasis: BigInt(costBasis),
      realized: BigInt(realized),
      fees: BigInt(fees),
      cashFlow: BigInt(cashFlow),
      mark,
      markUs,
      roundTripResult: BigInt(roundTripResult),
    })
  }

  function positionOf(symbol: string): MutablePosition {
    const position = positions.get(symbol)
    invariant(position !== undefined, 'the ledger knows the instrument', symbol)
    return position
  }

  function remember(fillId: string): boolean {
    if (fillIds.has(fillId)) return false
    fillIds.add(fillId)
    if (fillIds.size > REMEMBERED_FILLS) fillIds.delete(fillIds.values().next().value as string)
    return true
  }

  function valuePosition(position: Position): PositionValue {
    const rate = rates.get(position.quoteCurrency) as Rate
    return {
      position,
      markValueUsd: convertMoney(markValue(position), rate),
      realizedUsd: convertMoney(position.realized, rate),
      unrealizedUsd: convertMoney(unrealized(position), rate),
      feesUsd: convertMoney(position.fees, rate),
    }
  }

  function value(): Valuation {
    const values: PositionValue[] = []
    let realizedUsd = 0n
    let unrealizedUsd = 0n
    let feesUsd = 0n
    let grossUsd = 0n
    let netUsd = 0n
    for (const position of positions.values()) {
      if (!isTraded(position)) continue
      const of = valuePosition(position)
      values.push(of)
      realizedUsd += of.realizedUsd
      unrealizedUsd += of.unrealizedUsd
      feesUsd += of.feesUsd
      grossUsd += of.markValueUsd < 0n ? -of.markValueUsd : of.markValueUsd
      netUsd += of.markValueUsd
    }
    const equityUsd = startingCashUsd + realizedUsd + unrealizedUsd
    const drawdownRatio = equityUsd < peakUsd ? numberFromMoney(peakUsd - equityUsd) / numberFromMoney(peakUsd) : 0
    return {
      equityUsd,
      realizedUsd,
      unrealizedUsd,
      feesUsd,
      grossUsd,
      netUsd,
      drawdownRatio,
      maxDrawdownRatio: Math.max(maxDrawdownRatio, drawdownRatio),
      positions: values,
    }
  }

  return {
    book(fill) {
      const position = positionOf(fill.symbol)
      const { quantityScale } = position
      const quantity = fixed(fill.quantity, quantityScale)
      invariant(quantity > 0n, "a fill's quantity is > 0", fill.quantity)
      const price = fixed(fill.price, PRICE_SCALE)
      const fee = fixed(fill.fee, MONEY_SCALE)
      if (!remember(fill.fillId)) return false

      const signed = fill.side === 'BUY' ? quantity : -quantity
      const notional = multiplyFixed(signed, quantityScale, price, PRICE_SCALE, MONEY_SCALE)
      const ended = bookQuantity(position, signed, notional, fee)
      if (position.mark === 0) {
        position.mark = Number(fill.price)
        position.markUs = fill.tsVenueUs
      }
      if (ended !== 'open') {
        roundTrips = { closed: roundTrips.closed + 1, won: roundTrips.won + (ended === 'won' ? 1 : 0) }
      }
      return true
    },

    mark(symbol, price, atUs) {
      invariant(price > 0 && price < Number.POSITIVE_INFINITY, 'a mark is a price > 0', price)
      const position = positionOf(symbol)
      position.mark = price
      position.markUs = atUs
    },

    position: positionOf,

    get roundTrips() {
      return roundTrips
    },

    value,

    observe() {
      const valuation = value()
      if (valuation.equityUsd > peakUsd) peakUsd = valuation.equityUsd
      maxDrawdownRatio = valuation.maxDrawdownRatio
      return valuation
    },

    snapshot() {
      return {
        positions: Array.from(positions.values(), (position) => ({
          ...position,
          quantity: String(position.quantity),
          costBasis: String(position.costBasis),
          realized: String(position.realized),
          fees: String(position.fees),
          cashFlow: String(position.cashFlow),
          roundTripResult: String(position.roundTripResult),
        })),
        fillIds: [...fillIds],
        peakUsd: String(peakUsd),
        maxDrawdownRatio,
        roundTrips,
      }
    },
  }
}

/** A round trip leaves its trace in the result or in the fees; one that left none changes no sum. */
function isTraded({ quantity, realized, fees, cashFlow }: Position): boolean {
  return quantity !== 0n || realized !== 0n || fees !== 0n || cashFlow !== 0n
}
