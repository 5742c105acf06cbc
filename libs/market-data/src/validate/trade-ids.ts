import type { Trade } from '@triplane/contracts'

/** The first of the ids by which the venue counts what the trade stands for; undefined where it does not count. */
export function firstIdOf({ firstTradeId, tradeId }: Trade): number | undefined {
  return firstTradeId ?? (typeof tradeId === 'number' ? tradeId : undefined)
}

/** The last one. */
export function lastIdOf({ firstTradeId, lastTradeId, tradeId }: Trade): number | undefined {
  return lastTradeId ?? (typeof tradeId === 'number' ? tradeId : firstTradeId)
}
