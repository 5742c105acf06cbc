import type { OrderIntent } from '@triplane/contracts'
import { quantityNumber, quantityUnitsOf, wholeLots, type TradingTerms } from '@triplane/instruments'
import { downsized, type Approved } from '../risk/risk-gate.ts'
import type { InstrumentRisk } from '../risk/risk-check.ts'
import { participatingUnits } from './participating-units.ts'

/**
 * Whole lots that our share of the market's volume leaves, after our own trades in the same window and the quantity that our
 * working orders may still trade. Volumes are base units.
 */
export function participationAllowance(
  volumes: { readonly share: number; readonly market: number; readonly own: number; readonly workingUnits: bigint },
  terms: TradingTerms,
): bigint {
  const left = volumes.share * volumes.market - volumes.own - quantityNumber(volumes.workingUnits, terms)
  return left > 0 ? wholeLots(left, terms) : 0n
}

/** Caps the order to the participation allowance (POV): the same order if it fits, else a smaller one. */
export function capParticipation(
  order: Approved<OrderIntent>,
  instrument: InstrumentRisk,
  nowUs: number,
): Approved<OrderIntent> {
  const units = quantityUnitsOf(order.quantity, instrument.terms)
  const capped = participatingUnits(order.side, units, instrument, nowUs)
  return capped === units ? order : downsized(order, capped, instrument)
}
