import { worthUsd } from '@triplane/instruments'
import { referencePrice } from '../candidate.ts'
import { defineInstrumentCheck } from '../define-check.ts'

export const maxNotional = defineInstrumentCheck({
  code: 'max_notional',
  doc: 'Refuses an order worth more than the limit.',
  limits: { maxOrderNotionalUsd: 'largest order, USD' },
  refuse(candidate, instrument, _, { maxOrderNotionalUsd }) {
    const notionalUsd = worthUsd(candidate.quantityUnits, referencePrice(candidate, instrument), instrument.terms)
    return notionalUsd <= maxOrderNotionalUsd ? undefined : { notionalUsd, limitUsd: maxOrderNotionalUsd }
  },
})
