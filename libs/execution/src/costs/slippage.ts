import type { Side } from '@triplane/contracts'

/** Fill price against the mid at the decision, basis points; positive is a cost to us. */
export function slippageBps(side: Side, price: number, decisionMid: number): number {
  const cost = side === 'BUY' ? price - decisionMid : decisionMid - price
  return (cost / decisionMid) * 10_000
}
