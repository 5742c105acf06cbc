import { quantityNumber } from '@triplane/instruments'
import { defineInstrumentCheck } from '../define-check.ts'
import { closableUnits } from '../exposure.ts'

export const reduceOnly = defineInstrumentCheck({
  code: 'reduce_only',
  doc: 'Refuses a reduce-only order that is larger than what is left to close.',
  refuse({ intent, quantity, quantityUnits }, instrument) {
    if (!intent.reduceOnly) return undefined
    const closable = closableUnits(instrument, intent.side)
    if (quantityUnits <= closable) return undefined
    return { quantity, closable: quantityNumber(closable, instrument.terms) }
  },
})
