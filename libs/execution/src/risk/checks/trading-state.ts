import { defineCheck } from '../define-check.ts'

export const tradingState = defineCheck({
  code: 'trading_state',
  doc: 'Refuses everything while halted, and what would open a position while reducing.',
  refuse({ quantityUnits }, { tradingState }) {
    if (tradingState === 'active' || (tradingState === 'reducing' && quantityUnits > 0n)) return undefined
    return { state: tradingState }
  },
})
