import { defineCheck } from '../define-check.ts'

export const futureIntent = defineCheck({
  code: 'future_intent',
  doc: 'Refuses an intent decided on data that is further ahead of the newest data here than the limit.',
  limits: { maxFutureUs: 'furthest ahead, microseconds' },
  refuse({ intent }, { marketUs }, { maxFutureUs }) {
    const aheadUs = intent.decisionRecvUs - marketUs
    return aheadUs <= maxFutureUs ? undefined : { aheadUs, limitUs: maxFutureUs }
  },
})
