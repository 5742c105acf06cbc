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
 * Scales weights into targets: strength times `symbolLimitUsd` each; those of one instrument by the factor that brings their sum within
 * it; then all by the one factor that brings gross and net within their limits, so that the proportions between the
 * weights stay. Gross and net are those of the account: what strategies want against each other does not count.
 */
export function constructPortfolio(weights: readonly SignalWeight[], limits: PortfolioLimits): Targets {
  const strengths = weights.map(({ strength, isLongOnly }) => (isLongOnly ? Math.max(0, strength) : strength))
  const wanted = new Map<InstrumentId, number>()
  weights.forEach(({ instrument }, i) =>
    wanted.set(instrument, (wanted.get(instrument) ?? 0) + (strengths[i] as number)),
  )
  const caps = new Map(Array.from(wanted, ([instrument, sum]) => [instrument, share(1, Math.abs(sum))]))
  const capOf = (instrument: InstrumentId) => caps.get(instrument) as number
  let grossUsd = 0
  let netUsd = 0
  for (const [instrument, sum] of wanted) {
    grossUsd += Math.abs(sum * capOf(instrument)) * limits.symbolLimitUsd
    netUsd += sum * capOf(instrument) * limits.symbolLimitUsd
  }
  const scale = Math.min(1, share(limits.grossLimitUsd, grossUsd), share(limits.netLimitUsd, Math.abs(netUsd)))
  const targets = weights.map(({ strategy, instrument }, i) => ({
    strategy,
    instrument,
    notionalUsd: (strengths[i] as number) * capOf(instrument) * limits.symbolLimitUsd * scale,
  }))
  return { targets, grossUsd: grossUsd * scale, netUsd: netUsd * scale, scale }
}

function share(limit: number, asked: number): number {
  return asked > limit ? limit / asked : 1
}
