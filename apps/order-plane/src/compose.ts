import { topics, type ExecutionEvent, type Instrument, type OrderIntent } from '@triplane/contracts'
import { PlaneRunner, type Bus, type OrderedInputsSnapshot, type Plane } from '@triplane/messaging'
import { exportBusStats, type Metrics } from '@triplane/metrics'
import type { OrderPlaneConfig } from './config.ts'
import { exportOrderPlane } from './order-plane-metrics.ts'
import type { OrderPlaneCore, OrderPlaneInput, OrderPlaneSnapshot } from './order-plane-core.ts'
import { createOrderCore } from './pipeline.ts'

/** What the order plane is made of, wherever it runs. */
export interface OrderPlaneParts {
  readonly config: OrderPlaneConfig
  readonly instruments: readonly Instrument[]
  readonly isSessionOpen: (session: Instrument['session'], timeUs: number) => boolean
  readonly metrics: Metrics<'order_plane'>
  /** Told of an intent at the moment when the gate approves it. */
  readonly onApproved: (intent: OrderIntent) => void
}

/** Builds the plane: its core, from a snapshot if there is one, and its metrics. */
export function buildOrderPlane(
  { config, instruments, isSessionOpen, metrics, onApproved }: OrderPlaneParts,
  snapshot?: OrderPlaneSnapshot,
): Plane<OrderPlaneInput, ExecutionEvent, OrderPlaneCore> {
  const core = createOrderCore(config, { instruments, isSessionOpen, onApproved }, snapshot)
  return {
    name: 'order-plane',
    core,
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
    hears: new Set<OrderPlaneInput['type']>([
      'trade',
      'quote',
      'bookDelta',
      'bookSnapshot',
      'marketStatus',
      'orderIntent',
      'cancelIntent',
      'killSwitch',
      'operatorCommand',
      'tradingCondition',
    ]),
    observe: exportOrderPlane(metrics, core, instruments, config),
    heartbeat: {
      from: 'strategy',
      as: 'order',
      seen: ({ originUs }) => metrics.heartbeat.set({ stage: 'order' }, originUs / 1e6),
    },
  }
}

export interface OrderPlaneOptions extends OrderPlaneParts {
  readonly bus: Bus
  readonly runId: string
  readonly account: string
  readonly nowUs: () => number
  /** Sees every output once, in emission order, when the runner's `observe` is called. */
  readonly observe: (event: ExecutionEvent) => void
  readonly resumed?: OrderPlaneState
}

export interface OrderPlaneState {
  readonly core: OrderPlaneSnapshot
  readonly inputs: OrderedInputsSnapshot<OrderPlaneInput>
}

export interface OrderPlane {
  readonly core: OrderPlaneCore
  readonly runner: PlaneRunner<OrderPlaneInput, ExecutionEvent>
  state(): OrderPlaneState
}

/** Joins the order plane to the bus of its process. */
export function composeOrderPlane(options: OrderPlaneOptions): OrderPlane {
  const { metrics, nowUs, resumed } = options
  const plane = buildOrderPlane(options, resumed?.core)
  const runner = new PlaneRunner({ plane, ...options }, resumed?.inputs)
  metrics.beforeScrape(() => runner.observe())
  exportBusStats(metrics, () => [...runner.producer.stats(), ...runner.consumer.stats(nowUs())])
  return { core: plane.core, runner, state: () => ({ core: plane.core.snapshot(), inputs: runner.snapshot() }) }
}
