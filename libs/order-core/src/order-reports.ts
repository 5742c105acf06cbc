import type { EventDraft, ExecutionEvent, Fill, Outbox } from '@triplane/contracts'
import {
  fillEvent,
  isWorking,
  lastKnownState,
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
import type { CoreTime, PublishedOrders } from './published-orders.ts'
import type { TradingDesks } from './trading-desks.ts'

/** What reports are followed with. */
export interface OrderReportsDeps {
  readonly orders: OrderStore
  readonly published: PublishedOrders
  readonly ledger: Ledger
  readonly desks: TradingDesks
  readonly totals: ExecutionTotals
  readonly enforcement: ModeEnforcement
  readonly outbox: Outbox<ExecutionEvent>
  readonly time: CoreTime
}

/**
 * What a broker's report does to an order.
 *
 * Invariant: a fill is booked, then published, then the order enters its state, so no state claims what the ledger does not hold.
 */
export class OrderReports {
  readonly #deps: OrderReportsDeps

  constructor(deps: OrderReportsDeps) {
    this.#deps = deps
  }

  /** Follows a report. */
  take(report: BrokerReport): void {
    if (report.type === 'snapshot') this.#reconcile(report.working, report.venueUs, report.atUs)
    else this.#onOrderReport(report)
  }

  /** What the broker says about an order. One that is forgotten has ended: only its fills are news. */
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
        orders.noteAcknowledged(order, atUs)
        if (order.state === 'submitted' || order.state === 'unknown') {
          published.enter(order, lastKnownState(order), atUs)
        }
        break
      case 'rejected':
        published.enter(order, 'rejected', atUs, report.reason)
        break
      case 'cancelled':
        published.enter(order, 'cancelled', atUs, report.reason ?? order.cancelReason)
        break
      case 'cancelRejected':
        if (order.state !== 'pending_cancel') break
        orders.noteCancelReason(order, undefined)
        published.enter(order, lastKnownState(order), atUs)
        break
      case 'amended':
        orders.resize(order, fixed(report.quantity, order.quantityScale))
        break
      case 'expired':
        published.enter(order, 'expired', atUs)
        break
      case 'unknown':
        if (order.state !== 'unknown' && isWorking(order.state)) published.enter(order, 'unknown', atUs)
        break
    }
  }

  /**
   * Compares our orders with those that worked at the broker at `venueUs`. One of ours that is not among them has ended there,
   * how is unknown until its reports come; one that was unknown and is among them works. What was sent or changed since is
   * not judged.
   */
  #reconcile(working: readonly string[], venueUs: number, atUs: number): void {
    const { orders, published } = this.#deps
    const known = new Set(working)
    for (const order of orders.open()) {
      const { state, stateUs } = order
      if (state === 'approved' || stateUs > venueUs) continue
      if (!known.has(order.intent.intentId)) {
        if (state !== 'unknown') published.enter(order, 'unknown', atUs)
      } else if (state === 'unknown') {
        orders.noteAcknowledged(order, atUs)
        published.enter(order, lastKnownState(order), atUs)
      }
    }
  }

  /** Books, publishes, then enters the state. A fill that is reported twice is booked once. One that comes after the order's end, however late, is booked like any other. */
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
    enforcement.onPosition(desk)
  }

  #followFill(order: Order, fill: EventDraft<Fill>, filledUnits: bigint, atUs: number): void {
    const { orders, published } = this.#deps
    orders.addFill(order, filledUnits, atUs)
    if (fill.status === 'FILLED') published.enter(order, 'filled', atUs)
    else if (isWorking(order.state) && order.state !== 'pending_cancel')
      published.enter(order, 'partially_filled', atUs)
  }
}
