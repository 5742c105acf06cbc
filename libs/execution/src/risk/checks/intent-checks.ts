import type { RiskCheck } from '../risk-check.ts'

/** Denies an intent whose id was seen before. */
export const duplicateCheck: RiskCheck = {
  code: 'duplicate',
  refuse: ({ intent }, account) =>
    account.isKnown(intent.intentId) ? { code: 'duplicate', intentId: intent.intentId } : undefined,
}

/** Denies an intent after its validity. */
export const expiredCheck: RiskCheck = {
  code: 'expired',
  refuse({ intent: { validUntilUs } }, { nowUs }) {
    return nowUs <= validUntilUs ? undefined : { code: 'expired', nowUs, validUntilUs }
  },
}

/** Denies an intent decided on data that is more than `maxFutureUs` ahead of the newest data here. */
export function futureIntentCheck({ maxFutureUs }: { readonly maxFutureUs: number }): RiskCheck {
  return {
    code: 'future_intent',
    refuse({ intent }, { marketUs }) {
      const aheadUs = intent.decisionRecvUs - marketUs
      return aheadUs <= maxFutureUs ? undefined : { code: 'future_intent', aheadUs, limitUs: maxFutureUs }
    },
  }
}
