/** Tells instruments apart: BTC/USDT is at several exchanges. A family that has `symbol` has both, always. */
export const market = ['exchange', 'symbol'] as const
