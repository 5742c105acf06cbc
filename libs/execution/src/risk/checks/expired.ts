import { defineCheck } from '../define-check.ts'

export const expired = defineCheck({
  code: 'expired',
  doc: 'Refuses an intent after its validity.',
  refuse: ({ intent: { validUntilUs } }, { nowUs }) => (nowUs <= validUntilUs ? undefined : { nowUs, validUntilUs }),
})
