import { isExempt, referencePrice } from '../candidate.ts'
import { defineInstrumentCheck } from '../define-check.ts'

export const minNotional = defineInstrumentCheck({
  code: 'min_notional',
  doc: "Denies an order below the venue's smallest value, unless it only reduces and the venue exempts that.",
  refuse(candidate, instrument) {
    if (isExempt(candidate, instrument)) return undefined
    const notional = candidate.quantity * referencePrice(candidate, instrument)
    const limit = instrument.terms.minNotional
    return notional >= limit ? undefined : { notional, limit }
  },
})
