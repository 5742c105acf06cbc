import { defineInstrumentCheck } from '../define-check.ts'

export const lotSize = defineInstrumentCheck({
  code: 'lot_size',
  doc: 'Refuses a quantity that is not a positive multiple of the lot size.',
  refuse: ({ intent, quantityUnits }, { terms }) =>
    quantityUnits > 0n && quantityUnits % terms.lotUnits === 0n
      ? undefined
      : { quantity: intent.quantity, lotSize: terms.steps.lotSize },
})
