import { participatingUnits } from '../../sizing/participating-units.ts'
import { quantityNumber } from '../../trading-terms.ts'
import { midPrice } from '../exposure.ts'
import { instrumentCheck, type RiskCheck } from '../risk-check.ts'
import { isExempt } from './order-checks.ts'

/** Denies an order beyond `maxOrders` in the window that ends now. */
export function orderRateCheck(limits: { readonly maxOrders: number; readonly orderWindowUs: number }): RiskCheck {
  return {
    code: 'order_rate',
    refuse: (_, { recentOrders }) =>
      recentOrders < limits.maxOrders
        ? undefined
        : { code: 'order_rate', orders: recentOrders, windowUs: limits.orderWindowUs },
  }
}

/** Denies an order of which participation leaves less than a lot, or less than the venue's smallest value; or a position too small to close. */
export const participationCheck = instrumentCheck('participation', (candidate, instrument, { nowUs }) => {
  const { intent, quantity, quantityUnits } = candidate
  const { terms } = instrument
  const allowedUnits = participatingUnits(intent.side, quantityUnits, instrument, nowUs)
  if (allowedUnits === quantityUnits) return undefined
  const allowed = quantityNumber(allowedUnits, terms)
  const isEnough =
    allowedUnits > 0n && (isExempt(candidate, instrument) || allowed * midPrice(instrument) >= terms.minNotional)
  return isEnough ? undefined : { code: 'participation', quantity, allowed }
})
