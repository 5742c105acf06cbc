import {
  field,
  topicsReadBy,
  topicsWrittenBy,
  type ExecutionEvent,
  type Instrument,
  type OrderIntent,
} from '@triplane/contracts'
import type { Plane } from '@triplane/messaging'
import type { BusTopics, Metrics } from '@triplane/metrics'
import { countDuplicate, exportOrderPlane } from './order-plane-metrics.ts'
import {
  createOrderCore,
  orderPlaneInputs,
  type OrderPlaneConfig,
  type OrderPlaneCore,
  type OrderPlaneInput,
  type OrderPlaneSnapshot,
} from '@triplane/order-core'

/** What the order plane hears on and speaks on. */
export const orderPlaneTopics = {
  consumed: topicsReadBy('order-plane'),
  produced: topicsWrittenBy('order-plane'),
} satisfies BusTopics

/** An input that waits, as it is saved. */
export const orderPlaneInputSchema = field.event(...orderPlaneInputs)

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
  const onDuplicate = (intent: OrderIntent) => countDuplicate(metrics, intent)
  const core = createOrderCore(config, { instruments, isSessionOpen, onApproved, onDuplicate }, snapshot)
  return {
    name: 'order-plane',
    core,
    topics: orderPlaneTopics.consumed,
    hears: new Set<OrderPlaneInput['type']>(orderPlaneInputs),
    observe: exportOrderPlane(metrics, core, instruments, config),
    heartbeat: {
      from: 'strategy',
      as: 'order',
      seen: ({ originUs }) => metrics.heartbeat.set({ stage: 'order' }, originUs / 1e6),
    },
  }
}
