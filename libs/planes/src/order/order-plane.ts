import { field, type Instrument, type OrderIntent } from '@triplane/contracts'
import type { ConfiguredRates } from '@triplane/instruments'
import type { Metrics } from '@triplane/metrics'
import {
  createOrderCore,
  orderPlaneConfigSchema,
  orderPlaneInputs,
  orderPlaneSchema,
  type AmendmentOutcome,
  type OrderPlaneConfig,
  type OrderPlaneCore,
  type OrderPlaneSnapshot,
  type Reconciliation,
  type SwitchRelease,
} from '@triplane/order-core'
import { definePlane } from '../define-plane.ts'
import { countDuplicate, createOrderMetrics, exportOrderPlane } from './order-plane-metrics.ts'
import { orderViews } from './status-views.ts'

/** The parts of the order plane, wherever it runs. */
interface OrderPlaneParts {
  readonly config: OrderPlaneConfig
  readonly instruments: readonly Instrument[]
  readonly rates: ConfiguredRates
  readonly isSessionOpen: (session: Instrument['session'], timeUs: number) => boolean
  readonly metrics: Metrics<'order_plane'>
  /** Called when the gate approves an intent. */
  readonly onApproved: (intent: OrderIntent) => void
  /** Called when a kill switch has released itself. */
  readonly onReleased?: (release: SwitchRelease) => void
}

/** The order plane. */
export const orderPlane = definePlane({
  name: 'order-plane',
  follows: 'strategy-plane',
  knownInputs: orderPlaneInputs,
  inputSchema: field.event(...orderPlaneInputs),
  inputs: () => orderPlaneInputs,
  stateSchema: orderPlaneSchema,
  config: orderPlaneConfigSchema,
  createMetrics: createOrderMetrics,
  createCore(
    { config, instruments, rates, isSessionOpen, metrics, onApproved, onReleased = () => undefined }: OrderPlaneParts,
    saved?: OrderPlaneSnapshot,
  ): OrderPlaneCore {
    const onDuplicate = (intent: OrderIntent) => countDuplicate(metrics, intent)
    const onAmendment = (outcome: AmendmentOutcome) => metrics.amendments.inc({ outcome })
    const onReconciliation = (result: Reconciliation) => metrics.reconciliationRuns.inc({ result })
    const told = { onApproved, onDuplicate, onAmendment, onReleased, onReconciliation }
    return createOrderCore(config, { instruments, rates, isSessionOpen, ...told }, saved)
  },
  exportMetrics: ({ metrics, instruments, config }, core) => exportOrderPlane(metrics, core, instruments, config),
  views: orderViews,
})
