import { topics, type ExecutionEvent, type Instrument, type OrderIntent } from '@triplane/contracts'
import { PlaneRunner, type Bus, type Consumer, type OrderedInputsSnapshot } from '@triplane/messaging'
import { exportBusStats, type Metrics } from '@triplane/metrics'
import type { OrderPlaneConfig } from './config.ts'
import { exportOrderPlane } from './order-plane-metrics.ts'
import type { OrderPlaneCore, OrderPlaneInput, OrderPlaneSnapshot } from './order-plane-core.ts'
import { createOrderCore } from './pipeline.ts'

export interface OrderPlaneOptions {
  readonly config: OrderPlaneConfig
  readonly instruments: readonly Instrument[]
  readonly isSessionOpen: (session: Instrument['session'], timeUs: number) => boolean
  readonly bus: Bus
  readonly runId: string
  readonly account: string
  readonly metrics: Metrics<'order_plane'>
  readonly nowUs: () => number
  /** Sees every output once, in emission order, when the runner's `observe` is called. */
  readonly observe: (event: ExecutionEvent) => void
  /** Told of an intent at the moment when the gate approves it. */
  readonly onApproved: (intent: OrderIntent) => void
  readonly resumed?: OrderPlaneState
}

export interface OrderPlaneState {
  readonly core: OrderPlaneSnapshot
  readonly inputs: OrderedInputsSnapshot<OrderPlaneInput>
}

export interface OrderPlane {
  readonly core: OrderPlaneCore
  readonly runner: PlaneRunner<OrderPlaneInput, ExecutionEvent>
  readonly consumer: Consumer
  state(): OrderPlaneState
}

/** Joins the order plane's core to the bus and to its metrics. */
export function composeOrderPlane(options: OrderPlaneOptions): OrderPlane {
  const { config, instruments, isSessionOpen, bus, runId, account, metrics, nowUs, observe, onApproved, resumed } =
    options
  const core = createOrderCore(config, { instruments, isSessionOpen, onApproved }, resumed?.core)
  const consumer = bus.consumer({
    group: 'order-plane',
    topics: [
      topics.trades,
      topics.quotes,
      topics.books,
      topics.status,
      topics.intents,
      topics.killSwitch,
      topics.commands,
      topics.heartbeats,
    ],
    from: 'earliest',
  })
  const producer = bus.producer({ name: 'order-plane', runId })
  metrics.beforeScrape(() => runner.observe())
  const record = exportOrderPlane(metrics, core, instruments, config)
  exportBusStats(metrics, () => [...producer.stats(), ...consumer.stats(nowUs())])
  const runner = new PlaneRunner<OrderPlaneInput, ExecutionEvent>(
    {
      core,
      consumer,
      producer,
      account,
      observe(event) {
        record(event)
        observe(event)
      },
      heartbeat: {
        from: 'strategy',
        as: 'order',
        seen: ({ originUs }) => metrics.heartbeat.set({ stage: 'order' }, originUs / 1e6),
      },
    },
    resumed?.inputs,
  )
  return { core, runner, consumer, state: () => ({ core: core.snapshot(), inputs: runner.snapshot() }) }
}
