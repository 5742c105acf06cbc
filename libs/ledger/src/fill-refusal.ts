import type { EventDraft, Fill } from '@triplane/contracts'
import { MONEY_SCALE, parseFixed } from '@triplane/kernel'
import { PRICE_SCALE, type Position } from './position.ts'

/** Why a fill cannot be booked: its instrument is not one of the ledger's, or its amounts or fee cannot be counted in it. */
export type FillRefusal = 'unknown_instrument' | 'bad_amount'

/** Why a fill cannot be booked in a position; undefined if it can. `isPriced` tells whether a fee in a currency can be valued. */
export function fillRefusal(
  { quantity, price, fee, feeCurrency }: EventDraft<Fill>,
  position: Position | undefined,
  isPriced: (currency: string) => boolean,
): FillRefusal | undefined {
  if (!position) return 'unknown_instrument'
  const units = parseFixed(quantity, position.quantityScale)
  const isCountable = units.ok && units.value > 0n
  if (!isCountable || !parseFixed(price, PRICE_SCALE).ok || !parseFixed(fee, MONEY_SCALE).ok) return 'bad_amount'
  const isValued = feeCurrency === undefined || feeCurrency === position.quoteCurrency || isPriced(feeCurrency)
  return isValued ? undefined : 'bad_amount'
}
