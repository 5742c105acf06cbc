import { defineInstrumentCheck } from '../define-check.ts'

export const invalidBook = defineInstrumentCheck({
  code: 'invalid_book',
  doc: 'Refuses while the book cannot be trusted or a best price is missing.',
  refuse: (_, { isBookValid, bid, ask }) => (isBookValid && bid > 0 && ask > 0 ? undefined : { bid, ask }),
})
