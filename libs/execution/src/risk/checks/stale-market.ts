import { defineInstrumentCheck } from '../define-check.ts'

export const staleMarket = defineInstrumentCheck({
  code: 'stale_market',
  doc: 'Refuses when the best prices are older than the limit, or when the data plane calls the instrument stale or late.',
  limits: { maxMarketAgeUs: 'oldest best prices, microseconds' },
  refuse(_, { isStale, isLate, lastMarketUs }, { nowUs }, { maxMarketAgeUs }) {
    const ageUs = nowUs - lastMarketUs
    return !isStale && !isLate && ageUs <= maxMarketAgeUs ? undefined : { ageUs, limitUs: maxMarketAgeUs }
  },
})
