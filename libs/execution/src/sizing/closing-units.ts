import { notional } from '@triplane/instruments'
import type { Order } from '../orders/order.ts'
import { isExempt, referencePrice } from '../risk/candidate.ts'
import type { InstrumentRisk } from '../risk/risk-check.ts'

/**
 * Units that a working order may keep where only `closableUnits` can still be closed: whole lots. 0 where that is less than one,
 * or worth less than the venue takes; then it cannot be lowered, only cancelled.
 */
export function closingUnits({ intent }: Order, closableUnits: bigint, instrument: InstrumentRisk): bigint {
  const { terms } = instrument
  const units = closableUnits - (closableUnits % terms.lotUnits)
  if (isExempt({ intent, isClipped: false }, instrument)) return units
  const price = referencePrice({ intent, limitPrice: Number(intent.limitPrice ?? 0) }, instrument)
  return notional(units, price, terms) >= terms.minNotional ? units : 0n
}
