import { defineCheck } from '../define-check.ts'

export const duplicate = defineCheck({
  code: 'duplicate',
  doc: 'Refuses an intent whose id was seen before.',
  refuse: ({ intent: { intentId } }, account) => (account.isKnown(intentId) ? { intentId } : undefined),
})
