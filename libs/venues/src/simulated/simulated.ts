import { binanceUsdm } from '../binance/binance.ts'
import { defineExchange } from '../venue.ts'

const { bookRule, map, fast } = binanceUsdm

/** The simulated market. It has the protocol of Binance USD-M, and lower fees. */
export const simulated = defineExchange({
  name: 'sim',
  venues: [{ id: 'sim', fees: { makerBps: 0.5, takerBps: 1 }, bookRule, map, ...(fast && { fast }) }],
})
