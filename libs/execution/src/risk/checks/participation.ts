import { notional, quantityNumber } from '@triplane/instruments'
import { participatingUnits } from '../../sizing/participating-units.ts'
import { isExempt } from '../candidate.ts'
import { defineInstrumentCheck } from '../define-check.ts'
import { midPrice } from '../exposure.ts'

export const participation = defineInstrumentCheck({
  code: 'participation',
  doc: "Refuses an order of which participation leaves less than a lot, or less than the venue's smallest value; or a position too small to close.",
  refuse(candidate, instrument, { nowUs }) {
    const { intent, quantity, quantityUnits } = candidate
    const { terms } = instrument
    const allowedUnits = participatingUnits(intent.side, quantityUnits, instrument, nowUs)
    if (allowedUnits === quantityUnits) return undefined
    const allowed = quantityNumber(allowedUnits, terms)
    const isEnough =
      allowedUnits > 0n &&
      (isExempt(candidate, instrument) || notional(allowedUnits, midPrice(instrument), terms) >= terms.minNotional)
    return isEnough ? undefined : { quantity, allowed }
  },
})
