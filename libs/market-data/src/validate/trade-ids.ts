import type { Trade } from '@triplane/contracts'

/** The first of the venue's consecutive ids in the trade; undefined when the venue does not number its trades. */
export function firstIdOf({ firstTradeId, tradeId }: Trade): number | undefined {
  return firstTradeId ?? (typeof tradeId === 'number' ? tradeId : undefined)
}

/** The last of these ids. */
export function lastIdOf({ firstTradeId, lastTradeId, tradeId }: Trade): number | undefined {
  return lastTradeId ?? (typeof tradeId === 'number' ? tradeId : firstTradeId)
}
