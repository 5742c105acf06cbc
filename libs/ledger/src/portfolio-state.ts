import type { PortfolioState } from '@triplane/contracts'
import { formatFixed, MONEY_SCALE } from '@triplane/kernel'
import type { Valuation } from './ledger.ts'

/** The event that publishes a valuation. */
export function portfolioState(valuation: Valuation, effectUs: number): PortfolioState {
  return {
    type: 'portfolioState',
    seq: 0,
    effectUs,
    equityUsd: money(valuation.equityUsd),
    realizedUsd: money(valuation.realizedUsd),
    unrealizedUsd: money(valuation.unrealizedUsd),
    feesUsd: money(valuation.feesUsd),
    grossUsd: money(valuation.grossUsd),
    netUsd: money(valuation.netUsd),
    drawdownRatio: valuation.drawdownRatio,
    maxDrawdownRatio: valuation.maxDrawdownRatio,
    positions: valuation.positions.map(({ position, realizedUsd, unrealizedUsd }) => ({
      symbol: position.symbol,
      quantity: formatFixed(position.quantity, position.quantityScale),
      costBasis: money(position.costBasis),
      mark: position.mark,
      realizedUsd: money(realizedUsd),
      unrealizedUsd: money(unrealizedUsd),
    })),
  }
}

function money(units: bigint): string {
  return formatFixed(units, MONEY_SCALE)
}
