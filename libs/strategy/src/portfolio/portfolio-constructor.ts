import type { TargetPortfolio, InstrumentId } from '@triplane/contracts'

/** How strongly a strategy holds that an instrument rises or falls: its signal in force. */
export interface SignalWeight {
  readonly strategy: string
  readonly instrument: InstrumentId
  /** [-1, 1] */
  readonly strength: number
  /** It cannot be sold short: a negative weight asks for no position. */
  readonly isLongOnly: boolean
}

/** Limits of target positions, USD. */
export interface PortfolioLimits {
  /** Target of a weight of 1, and the most that one instrument may get. */
  readonly symbolLimitUsd: number
  /** Most for the sum of absolute targets. */
  readonly grossLimitUsd: number
  /** Most for the absolute sum of targets. */
  readonly netLimitUsd: number
}

/** Target positions. */
export type Targets = Pick<TargetPortfolio, 'targets' | 'grossUsd' | 'netUsd' | 'scale'>

/** No target positions: what holds while a kill switch is active. */
export const noTargets: Targets = { targets: [], grossUsd: 0, netUsd: 0, scale: 0 }

/**
 * Scales weights into targets: strength times `symbolLimitUsd` each, then all by the one factor that brings gross and net
 * within their limits, so that the proportions between the weights stay. One weight an instrument.
 */
export function constructPortfolio(weights: readonly SignalWeight[], limits: PortfolioLimits): Targets {
  let grossUsd = 0
  let netUsd = 0
  const strengths = weights.map(({ strength, isLongOnly }) => (isLongOnly ? Math.max(0, strength) : strength))
  for (const strength of strengths) {
    grossUsd += Math.abs(strength) * limits.symbolLimitUsd
    netUsd += strength * limits.symbolLimitUsd
  }
  const scale = Math.min(1, share(limits.grossLimitUsd, grossUsd), share(limits.netLimitUsd, Math.abs(netUsd)))
  const targets = weights.map(({ strategy, instrument }, i) => ({
    strategy,
    instrument,
    notionalUsd: (strengths[i] as number) * limits.symbolLimitUsd * scale,
  }))
  return { targets, grossUsd: grossUsd * scale, netUsd: netUsd * scale, scale }
}

function share(limit: number, asked: number): number {
  return asked > limit ? limit / asked : 1
}
