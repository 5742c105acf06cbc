import { notional } from '@triplane/instruments'
import { isExempt, referencePrice } from '../candidate.ts'
import { defineInstrumentCheck } from '../define-check.ts'

export const minNotional = defineInstrumentCheck({
  code: 'min_notional',
  doc: "Refuses an order below the venue's smallest value, unless it only reduces and the venue exempts that.",
  refuse(candidate, instrument) {
    if (isExempt(candidate, instrument)) return undefined
    const value = notional(candidate.quantityUnits, referencePrice(candidate, instrument), instrument.terms)
    const limit = instrument.terms.minNotional
    return value >= limit ? undefined : { notional: value, limit }
  },
})
