import { defineInstrumentCheck } from '../define-check.ts'

export const noRate = defineInstrumentCheck({
  code: 'no_rate',
  doc: 'Refuses while the quote currency has no rate to US dollars, or one that is fed by an instrument which is stale, late or disconnected.',
  refuse(_, { isRateKnown, terms }) {
    return isRateKnown ? undefined : { currency: terms.instrument.quote }
  },
})
