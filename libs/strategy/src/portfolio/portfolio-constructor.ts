import type { TargetPortfolio, InstrumentId } from '@triplane/contracts'

/** A strategy's current signal for an instrument. */
export interface SignalWeight {
  readonly strategy: string
  readonly instrument: InstrumentId
  /** [-1, 1] */
  readonly strength: number
  /** It cannot be sold short: a negative weight becomes no position. */
  readonly isLongOnly: boolean
}

/** Limits of target positions, USD. */
export interface PortfolioLimits {
  /** Target of a weight of 1, and the most for one instrument. */
  readonly symbolLimitUsd: number
  /** Limit on the sum of absolute targets. */
  readonly grossLimitUsd: number
  /** Limit on the absolute sum of targets. */
  readonly netLimitUsd: number
}

/** Target positions. */
export type Targets = Pick<TargetPortfolio, 'targets' | 'grossUsd' | 'netUsd' | 'scale'>

/** No target positions, while a kill switch is active. */
export const noTargets: Targets = { targets: [], grossUsd: 0, netUsd: 0, scale: 0 }

/**
 * Scales weights to targets: each is strength times `symbolLimitUsd`; those of one instrument shrink together until
 * their sum is within it; then all shrink by one factor until gross and net are within their limits, which keeps their
 * proportions. Gross and net are the account's: opposing strategies cancel out.
 */
export function constructPortfolio(weights: readonly SignalWeight[], limits: PortfolioLimits): Targets {
  const strengths = new Map<InstrumentId, number>()
  for (const weight of weights)
    strengths.set(weight.instrument, (strengths.get(weight.instrument) ?? 0) + strengthOf(weight))
  let grossUsd = 0
  let netUsd = 0
  for (const strength of strengths.values()) {
    const usd = strength * share(1, Math.abs(strength)) * limits.symbolLimitUsd
    grossUsd += Math.abs(usd)
    netUsd += usd
  }
  const scale = Math.min(1, share(limits.grossLimitUsd, grossUsd), share(limits.netLimitUsd, Math.abs(netUsd)))
  const targets = weights.map((weight) => {
    const { strategy, instrument } = weight
    const cap = share(1, Math.abs(strengths.get(instrument) as number))
    return { strategy, instrument, notionalUsd: strengthOf(weight) * cap * limits.symbolLimitUsd * scale }
  })
  return { targets, grossUsd: grossUsd * scale, netUsd: netUsd * scale, scale }
}

function strengthOf({ strength, isLongOnly }: SignalWeight): number {
  return isLongOnly ? Math.max(0, strength) : strength
}

function share(limit: number, asked: number): number {
  return asked > limit ? limit / asked : 1
}
