import {
  field,
  topicsReadBy,
  topicsWrittenBy,
  type Instrument,
  type SchemaOf,
  instrumentId,
  type InstrumentId,
} from '@triplane/contracts'
import type { Plane } from '@triplane/messaging'
import type { BusTopics, Metrics } from '@triplane/metrics'
import { strategies as builtIn, type StrategyDefinition } from '@triplane/strategy'
import {
  chosenStrategies,
  createStrategyCore,
  type StrategyConfig,
  type StrategyCore,
  type StrategyInput,
  type StrategyOutput,
  type StrategySnapshot,
} from '@triplane/strategy-core'
import { exportStrategyPlane } from './strategy-plane-metrics.ts'

/** What the strategy plane hears on and speaks on. */
export const strategyPlaneTopics = {
  consumed: topicsReadBy('strategy-plane'),
  produced: topicsWrittenBy('strategy-plane'),
} satisfies BusTopics

/** An input that waits, as it is saved. */
export const strategyInputSchema: SchemaOf<StrategyInput> = field.event(
  'quote',
  'trade',
  'ofi',
  'bar',
  'mark',
  'marketStatus',
  'orderEvent',
  'fill',
  'operatorCommand',
)

/** What every strategy needs the plane to hear; and what those do that ask for bars. */
const alwaysHeard = ['quote', 'ofi', 'mark', 'marketStatus', 'orderEvent', 'fill', 'operatorCommand'] as const
const bars = ['bar'] as const

/** What the strategy plane is made of, wherever it runs. */
export interface StrategyPlaneParts {
  readonly config: StrategyConfig
  readonly instruments: readonly Instrument[]
  readonly isSessionOpen: (session: Instrument['session'], timeUs: number) => boolean
  readonly metrics: Metrics<'strategy_plane'>
  /** The strategies that the settings may name; default: those that come with Triplane. */
  readonly strategies?: readonly StrategyDefinition[]
}

/** Builds the plane: its core, from a snapshot if there is one, and its metrics. */
export function buildStrategyPlane(
  { config, instruments, isSessionOpen, metrics, strategies = builtIn }: StrategyPlaneParts,
  snapshot?: StrategySnapshot,
): Plane<StrategyInput, StrategyOutput, StrategyCore> {
  const sessionOf = new Map(instruments.map((instrument) => [instrumentId(instrument), instrument.session]))
  const deps = {
    instruments,
    strategies,
    isSessionOpen(id: InstrumentId, timeUs: number) {
      const session = sessionOf.get(id)
      return session !== undefined && isSessionOpen(session, timeUs)
    },
  }
  const core = createStrategyCore(config, deps, snapshot)
  const observe = exportStrategyPlane(metrics, core, instruments)
  const signalsIn = metrics.stageIn.of({ stage: 'signals' })
  return {
    name: 'strategy-plane',
    core: {
      ...core,
      process(event) {
        if (event.type === 'ofi') signalsIn.inc()
        core.process(event)
      },
    },
    topics: strategyPlaneTopics.consumed,
    hears: new Set([
      ...alwaysHeard,
      ...(chosenStrategies(config, strategies).some(({ inputs }) => inputs.bars) ? bars : []),
    ]),
    observe,
    heartbeat: {
      from: 'data',
      as: 'strategy',
      seen: ({ originUs }) => metrics.heartbeat.set({ stage: 'strategy' }, originUs / 1e6),
    },
  }
}
