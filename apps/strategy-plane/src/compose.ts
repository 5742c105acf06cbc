import { topics, type Instrument } from '@triplane/contracts'
import { PlaneRunner, type Bus, type Consumer, type OrderedInputsSnapshot } from '@triplane/messaging'
import { exportBusStats, type Metrics } from '@triplane/metrics'
import type { StrategyConfig } from './config.ts'
import {
  createStrategyCore,
  type StrategyCore,
  type StrategyInput,
  type StrategyOutput,
  type StrategySnapshot,
} from './pipeline.ts'
import { exportStrategyPlane } from './strategy-plane-metrics.ts'

export interface StrategyPlaneOptions {
  readonly config: StrategyConfig
  readonly instruments: readonly Instrument[]
  readonly isSessionOpen: (session: Instrument['session'], timeUs: number) => boolean
  readonly bus: Bus
  readonly runId: string
  readonly account: string
  readonly metrics: Metrics<'strategy_plane'>
  readonly nowUs: () => number
  /** Sees every output once, in emission order, when the runner's `observe` is called. */
  readonly observe: (event: StrategyOutput) => void
  readonly resumed?: StrategyPlaneState
}

export interface StrategyPlaneState {
  readonly core: StrategySnapshot
  readonly inputs: OrderedInputsSnapshot<StrategyInput>
}

export interface StrategyPlane {
  readonly core: StrategyCore
  readonly runner: PlaneRunner<StrategyInput, StrategyOutput>
  readonly consumer: Consumer
  state(): StrategyPlaneState
}

/** Joins the strategy plane's core to the bus and to its metrics. */
export function composeStrategyPlane(options: StrategyPlaneOptions): StrategyPlane {
  const { config, instruments, isSessionOpen, bus, runId, account, metrics, nowUs, observe, resumed } = options
  const sessionOf = new Map(instruments.map(({ symbol, session }) => [symbol, session]))
  const deps = {
    instruments,
    isSessionOpen(symbol: string, timeUs: number) {
      const session = sessionOf.get(symbol)
      return session !== undefined && isSessionOpen(session, timeUs)
    },
  }
  const core = createStrategyCore(config, deps, resumed?.core)
  const consumer = bus.consumer({
    group: 'strategy-plane',
    topics: [topics.quotes, topics.ofi, topics.status, topics.orders, topics.fills, topics.commands, topics.heartbeats],
    from: 'earliest',
  })
  const producer = bus.producer({ name: 'strategy-plane', runId })
  metrics.beforeScrape(() => runner.observe())
  const record = exportStrategyPlane(metrics, core)
  const signalsIn = metrics.stageIn.of({ stage: 'signals' })
  exportBusStats(metrics, () => [...producer.stats(), ...consumer.stats(nowUs())])
  const runner = new PlaneRunner<StrategyInput, StrategyOutput>(
    {
      core: {
        ...core,
        process(event) {
          if (event.type === 'ofi') signalsIn.inc()
          core.process(event)
        },
      },
      consumer,
      producer,
      account,
      observe(event) {
        record(event)
        observe(event)
      },
      heartbeat: {
        from: 'data',
        as: 'strategy',
        seen: ({ originUs }) => metrics.heartbeat.set({ stage: 'strategy' }, originUs / 1e6),
      },
    },
    resumed?.inputs,
  )
  return { core, runner, consumer, state: () => ({ core: core.snapshot(), inputs: runner.snapshot() }) }
}
