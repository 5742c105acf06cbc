import { defineCheck } from '../define-check.ts'

export const unknownInstrument = defineCheck({
  code: 'unknown_instrument',
  doc: 'Refuses an instrument that is not in the instruments file, is only quoted, or is of a currency without a rate.',
  refuse: ({ instrument, intent }) => (instrument ? undefined : { instrument: intent.instrument }),
})
