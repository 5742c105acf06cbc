import type { Instrument } from '@triplane/contracts'
import type { ConfiguredRates } from '@triplane/instruments'
import { orderRehearsal, rehearsedInstrument, strategyRehearsal } from '@triplane/planes'
import type { StrategyDefinition } from '@triplane/strategy'
import type { StandaloneConfig } from './config.ts'

/** Rehearses decisions, from order flow to the last risk check, as both planes do; undefined when nothing may be traded. */
export function rehearsalOf(
  config: Pick<StandaloneConfig, 'strategy' | 'order'>,
  instruments: readonly Instrument[],
  rates: ConfiguredRates,
  strategies?: readonly StrategyDefinition[],
): (() => void) | undefined {
  const instrument = rehearsedInstrument(instruments, rates)
  if (!instrument) return undefined
  const decide = strategyRehearsal({ config: config.strategy, instrument, rates, ...(strategies && { strategies }) })
  const judge = orderRehearsal({ config: config.order, instrument, rates })
  return () => {
    decide()
    judge()
  }
}
