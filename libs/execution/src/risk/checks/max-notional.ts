import { referencePrice } from '../candidate.ts'
import { defineInstrumentCheck } from '../define-check.ts'

export const maxNotional = defineInstrumentCheck({
  code: 'max_notional',
  doc: 'Denies an order worth more than the limit.',
  limits: { maxOrderNotionalUsd: 'largest order, USD' },
  refuse(candidate, instrument, _, { maxOrderNotionalUsd }) {
    const notionalUsd = candidate.quantity * referencePrice(candidate, instrument) * instrument.terms.usdPerQuote
    return notionalUsd <= maxOrderNotionalUsd ? undefined : { notionalUsd, limitUsd: maxOrderNotionalUsd }
  },
})
