/** Distinguishes instruments: BTC/USDT trades at several exchanges. A family with `symbol` always has both. */
export const market = ['exchange', 'symbol'] as const
