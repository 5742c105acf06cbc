import type { InstrumentId } from '@triplane/contracts'
import type { ContractSize } from '@triplane/instruments'
import { divideHalfEven, fixedFromNumber, MONEY_SCALE, rescale } from '@triplane/kernel'

/** Decimal digits of a price when it is multiplied by a quantity. */
export const PRICE_SCALE = 12

/** The bookings of one instrument. Money is in 1e-8 of the quote currency. */
export interface Booked {
  /** Signed, `quantityScale` decimal digits. */
  readonly quantity: bigint
  /** The purchase price of the held quantity; negative for a short, the price it was sold for. */
  readonly costBasis: bigint
  /** Net of commission. */
  readonly realized: bigint
  /** Commission paid, for information: it is in `realized` and in `cashFlow`. */
  readonly fees: bigint
  /** Money received less money paid, commission included. */
  readonly cashFlow: bigint
  /** Realised since it was last flat. */
  readonly roundTripResult: bigint
}

/** A position in one instrument. */
export interface Position extends Booked {
  /** Id of the instrument; for an asset its name. */
  readonly instrument: InstrumentId
  readonly quoteCurrency: string
  readonly quantityScale: number
  /** Units of the base in a quantity of 1. */
  readonly contract: ContractSize
  /** Price at which it is valued: the newest mark, else the first fill; 0 before both. */
  readonly mark: number
  /** Market time of the data behind the mark; 0 before the first. */
  readonly markUs: number
}

type Mutable<Value> = { -readonly [Field in keyof Value]: Value[Field] }

/** Amounts before the first booking. */
export const nothingBooked: Booked = {
  quantity: 0n,
  costBasis: 0n,
  realized: 0n,
  fees: 0n,
  cashFlow: 0n,
  roundTripResult: 0n,
}

/** Whether a booking ended a round trip, and how. */
export type RoundTrip = 'open' | 'won' | 'lost'

/**
 * Books a signed quantity, bought or sold for the signed `notional`, into `position`. A flip through zero is a close, then
 * an open, which share notional and fee by quantity.
 *
 * Invariants
 * 1. realized - costBasis = cashFlow, exactly: a partial close takes its share of the basis, rounded half to even, and
 *    leaves the rest. So realised + unrealised = cash flow + mark value.
 * 2. A flat position has no cost basis.
 */
export function bookQuantity(position: Mutable<Booked>, quantity: bigint, notional: bigint, fee: bigint): RoundTrip {
  const held = position.quantity
  const closes = held !== 0n && held < 0n !== quantity < 0n
  if (closes && magnitude(quantity) > magnitude(held)) {
    const closingNotional = divideHalfEven(notional * -held, quantity)
    const closingFee = divideHalfEven(fee * -held, quantity)
    const ended = bookQuantity(position, -held, closingNotional, closingFee)
    bookQuantity(position, quantity + held, notional - closingNotional, fee - closingFee)
    return ended
  }

  position.quantity += quantity
  position.cashFlow -= notional + fee
  position.fees += fee
  position.realized -= fee
  position.roundTripResult -= fee
  if (!closes) {
    position.costBasis += notional
    return 'open'
  }

  const basisShare = divideHalfEven(position.costBasis * -quantity, held)
  const gain = -notional - basisShare
  position.costBasis -= basisShare
  position.realized += gain
  position.roundTripResult += gain
  if (position.quantity !== 0n) return 'open'

  const won = position.roundTripResult > 0n
  position.roundTripResult = 0n
  return won ? 'won' : 'lost'
}

/** The worth of the position at its mark, signed, rounded half to even. */
export function markValue(position: Position): bigint {
  return notionalAt(position.quantity, fixedFromNumber(position.mark, PRICE_SCALE), position)
}

/** The cost of a signed quantity at a price (1e-12), in 1e-8 of the quote currency, rounded half to even. */
export function notionalAt(
  quantity: bigint,
  price: bigint,
  { quantityScale, contract }: Pick<Position, 'quantityScale' | 'contract'>,
): bigint {
  return rescale(quantity * contract.units * price, quantityScale + contract.scale + PRICE_SCALE, MONEY_SCALE)
}

/** The result of closing at the mark. */
export function unrealized(position: Position): bigint {
  return markValue(position) - position.costBasis
}

/** Whether it was ever traded. A round trip shows in the result or the fees; one that shows in neither changes no sum. */
export function isTraded({ quantity, realized, fees, cashFlow }: Position): boolean {
  return quantity !== 0n || realized !== 0n || fees !== 0n || cashFlow !== 0n
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}
