import { notional } from '@triplane/instruments'
import type { Order } from '../orders/order.ts'
import { isExempt, referencePrice } from '../risk/candidate.ts'
import type { InstrumentRisk } from '../risk/risk-check.ts'

/**
 * Units, in whole lots, that a working order may keep if only `closableUnits` can still be closed. 0 if that is less than one
 * lot or below the venue's smallest order; then the order cannot be lowered, only cancelled.
 */
export function closingUnits({ intent }: Order, closableUnits: bigint, instrument: InstrumentRisk): bigint {
  const { terms } = instrument
  const units = closableUnits - (closableUnits % terms.lotUnits)
  if (isExempt({ intent, isClipped: false }, instrument)) return units
  const price = referencePrice({ intent, limitPrice: Number(intent.limitPrice ?? 0) }, instrument)
  return notional(units, price, terms) >= terms.minNotional ? units : 0n
}
