import type { EventDraft, PortfolioState } from '@triplane/contracts'
import { formatFixed, MONEY_SCALE } from '@triplane/kernel'
import type { Position } from './position.ts'
import type { StrategyValuation } from './sub-ledgers.ts'
import type { Valuation } from './valuation.ts'

/**
 * The event that publishes a valuation at market time `effectUs`. With a limit it flags the marks that are older; with several
 * strategies it lists the gains of each.
 */
export function portfolioState(
  valuation: Valuation,
  effectUs: number,
  markAgeLimitUs = Infinity,
  strategies: readonly StrategyValuation[] = [],
): EventDraft<PortfolioState> {
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
    ...(valuation.depositsUsd !== 0n && { depositsUsd: money(valuation.depositsUsd) }),
    balances: Array.from(valuation.balances, ([currency, units]) => ({ currency, amount: money(units) })),
    positions: valuation.positions.map(({ position, realizedUsd, unrealizedUsd, isDust }) => ({
      instrument: position.instrument,
      quantity: formatFixed(position.quantity, position.quantityScale),
      costBasis: money(position.costBasis),
      mark: position.mark,
      realizedUsd: money(realizedUsd),
      unrealizedUsd: money(unrealizedUsd),
      markAgeUs: markAgeUs(position, effectUs),
      ...(isMarkStale(position, effectUs, markAgeLimitUs) && { isMarkStale: true }),
      ...(isDust && { isDust }),
    })),
    ...(strategies.length > 1 && {
      strategies: strategies.map(({ strategy, realizedUsd, unrealizedUsd, feesUsd, drawdownRatio }) => ({
        strategy,
        realizedUsd: money(realizedUsd),
        unrealizedUsd: money(unrealizedUsd),
        feesUsd: money(feesUsd),
        drawdownRatio,
      })),
    }),
  }
}

/** The age of a position's mark at market time `nowUs`, counted from the data behind it. */
export function markAgeUs({ markUs }: Pick<Position, 'markUs'>, nowUs: number): number {
  return Math.max(0, nowUs - markUs)
}

/** Whether an open position is valued at a mark older than the limit. */
export function isMarkStale(position: Pick<Position, 'quantity' | 'markUs'>, nowUs: number, limitUs: number): boolean {
  return position.quantity !== 0n && markAgeUs(position, nowUs) > limitUs
}

function money(units: bigint): string {
  return formatFixed(units, MONEY_SCALE)
}
