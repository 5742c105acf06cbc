import type { EventDraft, ExecutionEvent, Fill, Outbox } from '@triplane/contracts'
import {
  fillEvent,
  isWorking,
  lastKnownState,
  remainingUnits,
  type BrokerReport,
  type FillReport,
  type Order,
  type OrderReport,
  type OrderStore,
} from '@triplane/execution'
import { quantityUnitsOf, worthUsd } from '@triplane/instruments'
import { fixed, invariant } from '@triplane/kernel'
import type { Ledger } from '@triplane/ledger'
import type { ExecutionTotals } from './execution-totals.ts'
import type { ModeEnforcement } from './mode-enforcement.ts'
import type { OrderChanges } from './order-changes.ts'
import type { OrderPlaneDeps } from './order-plane-deps.ts'
import type { CoreTime, PublishedOrders } from './published-orders.ts'
import type { TradingDesks } from './trading-desks.ts'

/** The dependencies of `OrderReports`. */
export interface OrderReportsDeps {
  readonly orders: OrderStore
  readonly published: PublishedOrders
  readonly ledger: Ledger
  readonly desks: TradingDesks
  readonly totals: ExecutionTotals
  readonly changes: OrderChanges
  readonly enforcement: ModeEnforcement
  readonly onAmendment: OrderPlaneDeps['onAmendment']
  readonly outbox: Outbox<ExecutionEvent>
  readonly time: CoreTime
}

/**
 * Applies a broker's reports to orders.
 *
 * Invariant: a fill is booked, then published, then the order enters its state, so no state claims a fill that is not booked.
 */
export class OrderReports {
  readonly #deps: OrderReportsDeps

  constructor(deps: OrderReportsDeps) {
    this.#deps = deps
  }

  /** Applies a report. */
  take(report: BrokerReport): void {
    if (report.type === 'snapshot') this.#reconcile(report.working, report.venueUs, report.atUs)
    else this.#onOrderReport(report)
  }

  /** Applies a report about one order. A forgotten order has ended: only its fills still matter. */
  #onOrderReport(report: OrderReport): void {
    const { orders, published, totals } = this.#deps
    const order = orders.get(report.intentId)
    if (report.type === 'filled') return this.#onFill(report, order)
    if (!order) {
      totals.unknownReplies++
      return
    }
    const { atUs } = report
    switch (report.type) {
      case 'acknowledged':
        this.#onAcknowledged(order, atUs)
        break
      case 'rejected':
        published.enter(order, 'rejected', atUs, report.reason)
        break
      case 'cancelled':
        published.enter(order, 'cancelled', atUs, report.reason ?? order.cancelReason)
        break
      case 'cancelRejected':
        if (order.state !== 'pending_cancel') break
        orders.noteCancelReason(order, order.amendingToUnits === undefined ? undefined : 'reducing')
        published.enter(order, lastKnownState(order), atUs)
        break
      case 'amended':
        this.#onAmended(order, fixed(report.quantity, order.quantityScale), atUs)
        break
      case 'amendRejected':
        this.#onAmendRejected(order)
        break
      case 'expired':
        published.enter(order, 'expired', atUs)
        break
      case 'unknown':
        orders.noteAmending(order, undefined)
        if (order.state !== 'unknown' && isWorking(order.state)) published.enter(order, 'unknown', atUs)
        break
    }
  }

  /** An unknown order that is acknowledged works: the trading state is enforced on it again. */
  #onAcknowledged(order: Order, atUs: number): void {
    const { orders, published } = this.#deps
    const { state } = order
    orders.noteAcknowledged(order, atUs)
    if (state === 'submitted' || state === 'unknown') published.enter(order, lastKnownState(order), atUs)
    if (state === 'unknown') this.#enforceAt(order)
  }

  /** An order that has already filled the lowered quantity is complete. */
  #onAmended(order: Order, quantityUnits: bigint, atUs: number): void {
    const { orders, published, onAmendment } = this.#deps
    const wasAsked = order.amendingToUnits !== undefined
    orders.amend(order, quantityUnits)
    if (wasAsked && order.amendingToUnits === undefined) onAmendment?.('amended')
    if (isWorking(order.state) && remainingUnits(order) === 0n) published.enter(order, 'filled', atUs)
  }

  /** Cancels the order: it must not keep its quantity. */
  #onAmendRejected(order: Order): void {
    const { orders, changes, onAmendment } = this.#deps
    if (order.amendingToUnits === undefined) return
    orders.noteAmending(order, undefined)
    onAmendment?.('rejected')
    changes.cancel(order, 'reducing')
  }

  /**
   * Reconciles our orders with those working at the broker at `venueUs`. One of ours that is missing there has ended, and is
   * unknown until its reports come; an unknown one that is listed works. Orders sent or changed since are not judged. A pending
   * cancellation or amendment may have been lost: the order works on without it, and it is requested again if the trading state
   * still requires it.
   */
  #reconcile(working: readonly string[], venueUs: number, atUs: number): void {
    const { orders, published, desks, enforcement } = this.#deps
    const known = new Set(working)
    for (const order of desks.all.flatMap((desk) => desk.working.orders)) {
      const { state, stateUs } = order
      orders.noteAmending(order, undefined)
      if (state === 'approved' || stateUs > venueUs) continue
      if (!known.has(order.intent.intentId)) {
        if (state !== 'unknown') published.enter(order, 'unknown', atUs)
      } else if (state === 'unknown' || state === 'pending_cancel') {
        orders.noteAcknowledged(order, atUs)
        published.enter(order, lastKnownState(order), atUs)
      }
    }
    enforcement.enforce()
  }

  /**
   * Books and publishes a fill, then enters the order's state. Deduplicates fills. One that comes after the order's end, however
   * late, is booked like any other.
   */
  #onFill(report: FillReport, order: Order | undefined): void {
    const { desks, ledger, outbox, totals, enforcement, time } = this.#deps
    const desk = desks.find(report.order.instrument)
    invariant(desk !== undefined, 'a filled order has a desk', report.order.instrument)
    const fill = fillEvent(report, order, desk.terms, time.effectUs())
    if (!ledger.book(fill)) return
    outbox.add(fill)
    const filledUnits = quantityUnitsOf(fill.quantity, desk.terms)
    totals.addFill(fill, worthUsd(filledUnits, fill.decisionMid, desk.terms))
    desk.ownVolume.add(time.nowUs(), Number(report.quantity))

    if (order) this.#followFill(order, fill, filledUnits, report.atUs)
    enforcement.enforceAt(desk)
  }

  #followFill(order: Order, fill: EventDraft<Fill>, filledUnits: bigint, atUs: number): void {
    const { orders, published } = this.#deps
    orders.addFill(order, filledUnits, atUs)
    if (fill.status === 'FILLED') published.enter(order, 'filled', atUs)
    else if (isWorking(order.state) && order.state !== 'pending_cancel')
      published.enter(order, 'partially_filled', atUs)
  }

  #enforceAt({ intent }: Order): void {
    const desk = this.#deps.desks.find(intent.instrument)
    if (desk) this.#deps.enforcement.enforceAt(desk)
  }
}
