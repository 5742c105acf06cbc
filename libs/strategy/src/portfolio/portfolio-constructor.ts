import type { TargetPortfolio } from '@triplane/contracts'

/** What a strategy wants of an instrument: its signal in force. */
export interface Wish {
  readonly strategy: string
  readonly symbol: string
  /** [-1, 1] */
  readonly strength: number
  /** It cannot be sold short: a wish to sell is a wish to hold none. */
  readonly isLongOnly: boolean
}

/** Limits of target positions, USD. */
export interface PortfolioLimits {
  /** Target of a wish with strength 1, and the most that one symbol may get. */
  readonly symbolLimitUsd: number
  /** Most for the sum of absolute targets. */
  readonly grossLimitUsd: number
  /** Most for the absolute sum of targets. */
  readonly netLimitUsd: number
}

/** The positions that we want. */
export type Targets = Pick<TargetPortfolio, 'targets' | 'grossUsd' | 'netUsd' | 'scale'>

/** No positions wanted: what holds while a kill switch is active. */
export const noTargets: Targets = { targets: [], grossUsd: 0, netUsd: 0, scale: 0 }

/**
 * Scales wishes into targets: strength times `symbolLimitUsd` each, then all by the one factor that brings gross and net
 * within their limits, so that the proportions between the wishes stay. One wish a symbol.
 */
export function constructPortfolio(wishes: readonly Wish[], limits: PortfolioLimits): Targets {
  let grossUsd = 0
  let netUsd = 0
  const strengths = wishes.map(({ strength, isLongOnly }) => (isLongOnly ? Math.max(0, strength) : strength))
  for (const strength of strengths) {
    grossUsd += Math.abs(strength) * limits.symbolLimitUsd
    netUsd += strength * limits.symbolLimitUsd
  }
  const scale = Math.min(1, share(limits.grossLimitUsd, grossUsd), share(limits.netLimitUsd, Math.abs(netUsd)))
  const targets = wishes.map(({ strategy, symbol }, i) => ({
    strategy,
    symbol,
    notionalUsd: (strengths[i] as number) * limits.symbolLimitUsd * scale,
  }))
  return { targets, grossUsd: grossUsd * scale, netUsd: netUsd * scale, scale }
}

function share(limit: number, wished: number): number {
  return wished > limit ? limit / wished : 1
}
