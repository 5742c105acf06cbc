import type { ExecutionEvent, Fill, OrderIntent } from '@triplane/contracts'
import { attributesOf } from './decision-spans.ts'
import type { SpanName } from './span-tree.ts'
import type { SpanAttributes, TraceRef, Tracing } from './tracing.ts'

interface TracedOrder {
  readonly trace: TraceRef
  readonly attributes: SpanAttributes
  /** The current span and its start, wall time. */
  step: Step
  sinceUs: number
}

type Step = Exclude<SpanName, 'frame' | 'decide'>
const stepAfter = { 'risk+submit': 'acknowledge', acknowledge: 'fill' } as const satisfies Partial<Record<Step, Step>>

/** Most orders followed at once. Beyond it the oldest is forgotten: it never ended, or its end was never reported. */
const MAX_OPEN = 10_000

/**
 * Reports the spans of orders at the edge of the order plane: `risk+submit`, `acknowledge` and one `fill` per fill, one after
 * the other. It remembers the open traced orders. Do not call it while an input log is replayed.
 */
export class OrderSpans {
  readonly #tracing: Tracing
  readonly #open = new Map<string, TracedOrder>()

  constructor(tracing: Tracing) {
    this.#tracing = tracing
  }

  /** The number of open traced orders. */
  get size(): number {
    return this.#open.size
  }

  /** Handles an intent taken from the bus at `takenUs`, wall time, from a record with this header. */
  onIntent(intent: OrderIntent, takenUs: number, traceparent?: string): void {
    const { intentId } = intent
    const trace = this.#tracing.traceOf(intentId, traceparent)
    if (!trace.isSampled || this.#open.has(intentId)) return
    for (const oldest of this.#open.keys()) {
      if (this.#open.size < MAX_OPEN) break
      this.#open.delete(oldest)
    }
    this.#open.set(intentId, { trace, attributes: attributesOf(intent), step: 'risk+submit', sinceUs: takenUs })
  }

  /** Handles an output of the core at `nowUs`, wall time. Returns the trace of a traced fill, for the table of slow fills. */
  onOutput(event: ExecutionEvent, nowUs: number): TraceRef | undefined {
    if (event.type !== 'orderEvent' && event.type !== 'fill') return undefined
    const order = this.#open.get(event.intentId)
    if (!order) return undefined
    if (event.type === 'fill') return this.#onFill(order, event, nowUs)
    switch (event.state) {
      case 'submitted':
        this.#reach(order, 'acknowledge', event.state, nowUs)
        break
      case 'acknowledged':
        this.#reach(order, 'fill', event.state, nowUs)
        break
      case 'denied':
      case 'rejected':
      case 'cancelled':
      case 'expired':
        // The current step failed. An acknowledged order has no step left to report.
        if (order.step !== 'fill') this.#tell(order, order.step, event.state, nowUs, event.reason ?? event.state)
        this.#open.delete(event.intentId)
        break
      case 'filled':
        this.#open.delete(event.intentId)
        break
      default:
    }
    return undefined
  }

  /** Ends the steps before `step`. If a venue omits the acknowledgement, its span is reported all the same, empty. */
  #reach(order: TracedOrder, step: Step, state: string, nowUs: number): void {
    while (order.step !== step && order.step !== 'fill') {
      this.#tell(order, order.step, state, nowUs)
      order.step = stepAfter[order.step]
      order.sinceUs = nowUs
    }
  }

  #tell({ trace, attributes, sinceUs }: TracedOrder, step: Step, state: string, nowUs: number, failure?: string): void {
    this.#tracing.span(trace, step, sinceUs, nowUs, {
      attributes: { ...attributes, 'triplane.state': state },
      ...(failure !== undefined && { failure }),
    })
  }

  #onFill(order: TracedOrder, fill: Fill, nowUs: number): TraceRef {
    const { fillId, quantity, price, liquidity, status } = fill
    this.#reach(order, 'fill', status, nowUs)
    const ofFill = { 'triplane.fill_id': fillId, 'triplane.price': price, 'triplane.liquidity': liquidity }
    this.#tracing.span(order.trace, 'fill', order.sinceUs, nowUs, {
      key: fillId,
      attributes: { ...order.attributes, ...ofFill, 'triplane.quantity': quantity, 'triplane.state': status },
    })
    order.sinceUs = nowUs
    return order.trace
  }
}
