import type { Instrument } from '@triplane/contracts'
import type { ConfiguredRates } from '@triplane/instruments'
import { createMemoryBus, publish } from '@triplane/messaging'
import { orderRehearsal, rehearsedInstrument, strategyRehearsal } from '@triplane/planes'
import type { StrategyDefinition } from '@triplane/strategy'
import type { StandaloneConfig } from './config.ts'

const name = 'rehearsal'

/**
 * Rehearses decisions, from order flow to a broker, as both planes do, and publishes them on a bus of its own; undefined when
 * nothing may be traded.
 */
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
  const producer = createMemoryBus({ nowUs: () => 0, retainRecords: 1 }).producer({ name, runId: name })
  return () => {
    publish(producer, decide(), name)
    publish(producer, judge(), name)
  }
}
