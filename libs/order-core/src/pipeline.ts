import {
  cancelReasons,
  isKnownCode,
  Outbox,
  type AccountOpening,
  type BrokerReject,
  type CancelIntent,
  type Cross,
  type CancelReason,
  type ExecutionEvent,
  type EventDraft,
  type Fill,
  type KillSwitch,
  type Mark,
  type OrderIntent,
  type OrderState,
  type RiskCode,
  venueOf,
} from '@triplane/contracts'
import {
  capParticipation,
  createRiskGate,
  fillEvent,
  isWorking,
  lastKnownState,
  openBroker,
  orderEvent,
  OrderRateWindow,
  OrderStore,
  readCandidate,
  remainingUnits,
  standardChecks,
  TradingMode,
  type AccountRisk,
  type Broker,
  type BrokerReport,
  type FillReport,
  type Order,
  type OrderReport,
  type RiskGate,
  type RiskReject,
} from '@triplane/execution'
import { configuredRates, quantityUnitsOf, worthUsd } from '@triplane/instruments'
import { fixed, floorTime, invariant, US_PER_MINUTE } from '@triplane/kernel'
import { createLedger, numberFromMoney, type Ledger } from '@triplane/ledger'
import { AccountOpenings } from './account-opening.ts'
import type { OrderPlaneConfig } from './config.ts'
import type { OrderPlaneCore, OrderPlaneInput, OrderPlaneSnapshot, OrderPlaneView } from './order-plane-core.ts'
import type { OrderPlaneDeps } from './order-plane-deps.ts'
import { ExecutionTotals } from './execution-totals.ts'
import type { TradingDesk } from './trading-desk.ts'
import { TradingDesks } from './trading-desks.ts'
import { WaitingIntents } from './waiting-intents.ts'

/** Builds the core of the order plane; with a snapshot it goes on from there. */
export function createOrderCore(
  config: OrderPlaneConfig,
  deps: OrderPlaneDeps,
  snapshot?: OrderPlaneSnapshot,
): OrderPlaneCore {
  return new OrderPipeline(config, deps, snapshot)
}

/**
 * The life of an order. Read it top to bottom. One file although it is long: the life is one story, its stages are in
 * `execution` and its view of an instrument in `TradingDesk`.
 *
 * Invariants
 * 1. What is due (a broker's report, an intent that waited too long, the end of a session) is handled before an input that
 *    comes after it in input order, so how finely time is advanced changes nothing.
 * 2. Every output takes effect `minLatencyUs` after the market time of what caused it.
 * 3. A fill is booked, then published, then the order enters its state: no state claims what the ledger does not hold.
 * 4. An intent with a known id changes no order. Whatever else is delivered twice does not come here (PlaneCore, 3).
 */
class OrderPipeline implements OrderPlaneCore {
  readonly outbox: Outbox<ExecutionEvent>
  readonly account: AccountOpenings
  readonly #config: OrderPlaneConfig
  readonly #deps: OrderPlaneDeps
  readonly #gate: RiskGate
  readonly #mode: TradingMode
  readonly #rate: OrderRateWindow
  readonly #orders: OrderStore
  readonly #ledger: Ledger
  readonly #broker: Broker
  readonly #desks: TradingDesks
  readonly #totals: ExecutionTotals
  readonly #waiting: WaitingIntents
  #nowUs: number
  #marketUs: number
  #sessionCheckUs: number
  #lastDenial: RiskReject | undefined

  constructor(config: OrderPlaneConfig, deps: OrderPlaneDeps, snapshot?: OrderPlaneSnapshot) {
    const { minLatencyUs, orderRetentionUs, startingCashUsd, ratesToUsd, risk } = config
    const { instruments } = deps
    const rates = configuredRates(ratesToUsd)
    this.outbox = new Outbox(snapshot?.lastSeq)
    this.#config = config
    this.#deps = deps
    this.#gate = createRiskGate(standardChecks(risk))
    this.#mode = new TradingMode(snapshot?.mode)
    this.#rate = new OrderRateWindow(risk, snapshot?.rate)
    this.#orders = new OrderStore(orderRetentionUs, snapshot?.orders)
    this.#ledger = createLedger({ startingCashUsd, instruments, rates }, snapshot?.ledger)
    const brokerOptions = { settings: config, leadUs: minLatencyUs, retentionUs: orderRetentionUs }
    this.#broker = openBroker(config.broker, brokerOptions, snapshot?.broker, deps.brokers)
    const parts = { broker: this.#broker, ledger: this.#ledger, orders: this.#orders, rates }
    this.#desks = new TradingDesks(config, deps, parts, snapshot?.desks)
    this.#totals = new ExecutionTotals(snapshot?.totals)
    this.#waiting = new WaitingIntents(snapshot?.waiting)
    const account = { ledger: this.#ledger, mode: this.#mode, orders: this.#orders, waiting: this.#waiting }
    this.account = new AccountOpenings({ ...account, nowUs: () => this.#nowUs })
    this.#nowUs = snapshot ? snapshot.nowUs : 0
    this.#marketUs = snapshot ? snapshot.marketUs : 0
    this.#sessionCheckUs = snapshot?.sessionCheckUs ?? Number.POSITIVE_INFINITY
  }

  process(event: OrderPlaneInput): void {
    switch (event.type) {
      case 'quote':
      case 'trade':
      case 'bookDelta':
      case 'bookSnapshot':
      case 'mark':
      case 'marketStatus':
        this.#goTo(event.tsRecvUs, event.tsRecvUs - 1)
        this.#marketUs = Math.max(this.#marketUs, event.tsRecvUs)
        if (event.type === 'mark') this.#onMark(event)
        else this.#desks.onMarket(event, this.#nowUs)
        if (event.type === 'marketStatus' && event.status === 'disconnected') this.#denyUnfounded(event.venue)
        if (this.#waiting.size > 0) this.#releaseWaiting()
        return
      case 'operatorCommand':
        this.#goTo(event.effectUs, event.effectUs - 1)
        this.#mode.command(event.command)
        this.#enforceMode()
        return
      case 'accountOpening':
        this.#goTo(event.effectUs, event.effectUs - 1)
        this.#onOpening(event)
        return
      case 'tradingCondition':
        this.#goTo(event.effectUs, event.effectUs - 1)
        this.#mode.setCondition(event.condition, event.state)
        this.#enforceMode()
        return
      case 'orderIntent':
      case 'cancelIntent':
      case 'cross':
      case 'killSwitch':
        this.#goTo(event.effectUs, event.effectUs)
        this.#onStrategy(event)
    }
  }

  /** What the ledger has opened, the strategy plane books from the event. */
  #onOpening(opening: AccountOpening): void {
    const opened = this.account.open(opening, this.#effectUs())
    if (opened) this.outbox.add(opened)
  }

  #onStrategy(event: OrderIntent | CancelIntent | Cross | KillSwitch): void {
    switch (event.type) {
      case 'orderIntent':
        if (this.#isKnown(event.intentId)) this.#onDuplicate(event)
        else if (this.#isAhead(event)) this.#waiting.add(event)
        else this.#decide(event)
        break
      case 'cancelIntent':
        this.#onCancel(event)
        break
      case 'cross':
        if (this.#desks.find(event.instrument)) this.#ledger.cross(event)
        break
      case 'killSwitch':
        this.#mode.setSwitch(event.switchType, event.active)
        this.#enforceMode()
        break
    }
  }

  /** Positions are valued at marks and at nothing else, so at any market time as the strategy plane values them. */
  #onMark({ instrument, price, tsRecvUs, ageUs }: Mark): void {
    if (this.#desks.find(instrument)) this.#ledger.mark(instrument, price, tsRecvUs - ageUs)
  }

  /** Says nothing: the order of this id has told of its own life. */
  #onDuplicate(intent: OrderIntent): void {
    this.#countDenial({ code: 'duplicate', intentId: intent.intentId })
    this.#deps.onDuplicate?.(intent)
  }

  /** Risk, sizing, submit. */
  #decide(intent: OrderIntent): void {
    const desk = this.#deskFor(intent)
    const candidate = readCandidate(intent, desk, this.#mode.state)
    const verdict = this.#gate.approve(candidate, this.#accountRisk())
    if (verdict.ok) this.#deps.onApproved?.(intent)
    const order = this.#receive(intent)
    if (!verdict.ok) return this.#deny(order, verdict.error)

    invariant(desk !== undefined, 'an approved order has a desk', intent.instrument)
    const sized = capParticipation(verdict.value, desk, this.#nowUs)
    const isCutDown = sized !== verdict.value
    if (isCutDown) this.#totals.participationDownscales++
    this.#orders.approve(order, quantityUnitsOf(sized.quantity, desk.terms), this.#nowUs)
    this.#publish(order, isCutDown ? 'participation' : undefined)

    const objection = this.#gate.confirm(candidate, this.#accountRisk())
    if (objection) return this.#deny(order, objection)
    this.#broker.take({ type: 'submitOrder', order: sized }, this.#nowUs)
    this.#rate.record(this.#nowUs)
    if (desk.terms.instrument.session !== '24x7') this.#watchSessions()
    this.#enter(order, 'submitted', this.#nowUs)
  }

  #onReport(report: BrokerReport): void {
    if (report.type === 'snapshot') this.#reconcile(report.working, report.venueUs, report.atUs)
    else this.#onOrderReport(report)
  }

  /** What the broker says about an order. One that is forgotten has ended: only its fills are news. */
  #onOrderReport(report: OrderReport): void {
    const order = this.#orders.get(report.intentId)
    if (report.type === 'filled') return this.#onFill(report, order)
    if (!order) {
      this.#totals.unknownReplies++
      return
    }
    const { atUs } = report
    switch (report.type) {
      case 'acknowledged':
        this.#orders.noteAcknowledged(order, atUs)
        if (order.state === 'submitted' || order.state === 'unknown') this.#enter(order, lastKnownState(order), atUs)
        break
      case 'rejected':
        this.#enter(order, 'rejected', atUs, report.reason)
        break
      case 'cancelled':
        this.#enter(order, 'cancelled', atUs, report.reason ?? order.cancelReason)
        break
      case 'cancelRejected':
        if (order.state !== 'pending_cancel') break
        this.#orders.noteCancelReason(order, undefined)
        this.#enter(order, lastKnownState(order), atUs)
        break
      case 'amended': {
        const { quantityScale } = order
        this.#orders.resize(order, fixed(report.quantity, quantityScale))
        break
      }
      case 'expired':
        this.#enter(order, 'expired', atUs)
        break
      case 'unknown':
        if (order.state !== 'unknown' && isWorking(order.state)) this.#enter(order, 'unknown', atUs)
        break
    }
  }

  /**
   * Compares our orders with those that worked at the broker at `venueUs`. One of ours that is not among them has ended there,
   * how is unknown until its reports come; one that was unknown and is among them works. What was sent or changed since is
   * not judged.
   */
  #reconcile(working: readonly string[], venueUs: number, atUs: number): void {
    const known = new Set(working)
    for (const order of this.#orders.open()) {
      const { state, stateUs } = order
      if (state === 'approved' || stateUs > venueUs) continue
      if (!known.has(order.intent.intentId)) {
        if (state !== 'unknown') this.#enter(order, 'unknown', atUs)
      } else if (state === 'unknown') {
        this.#orders.noteAcknowledged(order, atUs)
        this.#enter(order, lastKnownState(order), atUs)
      }
    }
  }

  /** Books, publishes, then enters the state. A fill that is reported twice is booked once. One that comes after the order's end, however late, is booked like any other. */
  #onFill(report: FillReport, order: Order | undefined): void {
    const desk = this.#deskFor(report.order)
    invariant(desk !== undefined, 'a filled order has a desk', report.order.instrument)
    const fill = fillEvent(report, order, desk.terms, this.#effectUs())
    if (!this.#ledger.book(fill)) return
    this.outbox.add(fill)
    const filledUnits = quantityUnitsOf(fill.quantity, desk.terms)
    this.#totals.addFill(fill, worthUsd(filledUnits, fill.decisionMid, desk.terms))
    desk.ownVolume.add(this.#nowUs, Number(report.quantity))

    if (order) this.#followFill(order, fill, filledUnits, report.atUs)
    if (this.#mode.state === 'reducing') this.#cancelOpening(desk)
  }

  #followFill(order: Order, fill: EventDraft<Fill>, filledUnits: bigint, atUs: number): void {
    this.#orders.addFill(order, filledUnits, atUs)
    if (fill.status === 'FILLED') this.#enter(order, 'filled', atUs)
    else if (isWorking(order.state) && order.state !== 'pending_cancel') this.#enter(order, 'partially_filled', atUs)
  }

  /** Cancels always pass, for whatever reason: one that is not known here counts as `replaced`. */
  #onCancel({ intentId, reason: given }: CancelIntent): void {
    const reason = isKnownCode(cancelReasons, given) ? given : 'replaced'
    for (const intent of this.#waiting.take((waiting) => waiting.intentId === intentId)) {
      this.#enter(this.#receive(intent), 'cancelled', this.#nowUs, reason)
      return
    }
    const order = this.#orders.get(intentId)
    if (order) this.#cancel(order, reason)
    else this.#totals.unknownCancels++
  }

  #cancel(order: Order, reason: CancelReason): void {
    if (!isWorking(order.state) || order.state === 'pending_cancel') return
    const { intentId, instrument } = order.intent
    this.#broker.take({ type: 'cancelOrder', intentId, instrument }, this.#nowUs)
    this.#orders.noteCancelReason(order, reason)
    this.#enter(order, 'pending_cancel', this.#nowUs, reason)
  }

  /** Halted: no order stays. Reducing: none that opens. */
  #enforceMode(): void {
    if (this.#mode.state === 'halted') for (const order of this.#orders.open()) this.#cancel(order, 'halted')
    if (this.#mode.state === 'reducing') for (const desk of this.#desks.all) this.#cancelOpening(desk)
  }

  /** Keeps working orders as far as they close the position, oldest first. */
  #cancelOpening({ working, positionUnits }: TradingDesk): void {
    const closingSide = positionUnits > 0n ? 'SELL' : 'BUY'
    let closable = positionUnits > 0n ? positionUnits : -positionUnits
    for (const order of [...working.orders]) {
      const remaining = remainingUnits(order)
      if (order.intent.side === closingSide && remaining <= closable) closable -= remaining
      else this.#cancel(order, 'reducing')
    }
  }

  /** Handles what is due up to and including `throughUs`, then market time is `timeUs`. */
  #goTo(timeUs: number, throughUs: number): void {
    if (this.nextDueUs() <= throughUs) this.advance(throughUs)
    if (timeUs > this.#nowUs) this.#nowUs = timeUs
  }

  nextDueUs(): number {
    return Math.min(this.#sessionCheckUs, this.#waiting.nextDueUs(), this.#broker.nextDueUs())
  }

  advance(throughUs: number): void {
    for (let dueUs = this.nextDueUs(); dueUs <= throughUs; dueUs = this.nextDueUs()) {
      if (dueUs > this.#nowUs) this.#nowUs = dueUs
      if (dueUs === this.#sessionCheckUs) this.#endSessions()
      else if (dueUs === this.#waiting.nextDueUs()) this.#denyOverdue()
      else {
        const report = this.#broker.handleNext()
        if (report) this.#onReport(report)
      }
    }
  }

  /** Decided on data of the instrument that has not come here yet; so far ahead that risk refuses it is not waited for. */
  #isAhead(intent: OrderIntent): boolean {
    const { decisionRecvUs, validUntilUs } = intent
    const desk = this.#deskFor(intent)
    if (!desk || validUntilUs <= this.#nowUs) return false
    return decisionRecvUs > desk.lastMarketUs && decisionRecvUs - this.#marketUs <= this.#config.risk.maxFutureUs
  }

  #releaseWaiting(): void {
    for (const intent of this.#waiting.take((waiting) => !this.#isAhead(waiting))) this.#decide(intent)
  }

  /** Intents whose data did not come within their validity. */
  #denyOverdue(): void {
    this.#denyWaiting(({ validUntilUs }) => validUntilUs <= this.#nowUs)
  }

  /** Intents on prices that nobody knows any more: their connection was lost. */
  #denyUnfounded(lostVenue: string | undefined): void {
    this.#denyWaiting(({ instrument }) => lostVenue === undefined || venueOf(instrument) === lostVenue)
  }

  #denyWaiting(isLost: (intent: OrderIntent) => boolean): void {
    for (const intent of this.#waiting.take(isLost)) {
      const ageUs = this.#nowUs - (this.#deskFor(intent)?.lastMarketUs ?? 0)
      this.#deny(this.#receive(intent), { code: 'stale_market', ageUs, limitUs: intent.validUntilUs - intent.effectUs })
    }
  }

  /** Sessions end on whole minutes: look at the next one, as long as there are orders that a session can end. */
  #watchSessions(): void {
    this.#sessionCheckUs = Math.min(this.#sessionCheckUs, floorTime(this.#nowUs, US_PER_MINUTE) + US_PER_MINUTE)
  }

  #endSessions(): void {
    this.#sessionCheckUs = Number.POSITIVE_INFINITY
    for (const desk of this.#desks.all) {
      if (desk.working.orders.length === 0 || desk.terms.instrument.session === '24x7') continue
      if (!desk.isSessionOpen(this.#nowUs)) for (const order of [...desk.working.orders]) this.#cancel(order, 'expired')
      this.#watchSessions()
    }
  }

  #receive(intent: OrderIntent): Order {
    const quantityScale = this.#deskFor(intent)?.terms.quantityScale ?? 0
    const order = this.#orders.receive(intent, quantityScale, this.#nowUs)
    this.#publish(order)
    return order
  }

  #deny(order: Order, reject: RiskReject): void {
    this.#countDenial(reject)
    this.#enter(order, 'denied', this.#nowUs, reject.code)
  }

  #isKnown(intentId: string): boolean {
    return this.#orders.get(intentId) !== undefined || this.#waiting.has(intentId)
  }

  #countDenial(reject: RiskReject): void {
    this.#totals.denials[reject.code]++
    this.#lastDenial = reject
  }

  #enter(order: Order, state: OrderState, atUs: number, reason?: RiskCode | BrokerReject | CancelReason): void {
    if (!this.#orders.enter(order, state, atUs)) this.#publish(order, reason)
  }

  #publish(order: Order, reason?: RiskCode | BrokerReject | CancelReason): void {
    this.outbox.add(orderEvent(order, this.#effectUs(), reason))
  }

  #effectUs(): number {
    return this.#nowUs + this.#config.minLatencyUs
  }

  #deskFor({ instrument }: OrderIntent): TradingDesk | undefined {
    return this.#desks.find(instrument)
  }

  #accountRisk(): AccountRisk {
    return {
      nowUs: this.#nowUs,
      marketUs: this.#marketUs,
      activeSwitch: this.#mode.activeSwitch,
      tradingState: this.#mode.state,
      instruments: this.#desks.all,
      recentOrders: this.#rate.count(this.#nowUs),
      isKnown: (intentId) => this.#isKnown(intentId),
      freeCashUsd: () => numberFromMoney(this.#ledger.cashUsd()) - this.#desks.reservedCashUsd(),
    }
  }

  feeUsd(fill: Fill): number {
    return this.#ledger.feeUsd(fill)
  }

  view(): OrderPlaneView {
    return {
      tradingState: this.#mode.state,
      switches: this.#mode.snapshot().switches,
      orders: this.#orders.counts,
      open: this.#orders.open(),
      totals: this.#totals.snapshot(),
      refusedTransitions: this.#orders.refusedTransitions,
      waitingIntents: this.#waiting.size,
      lastDenial: this.#lastDenial,
      account: this.#ledger.value(),
      roundTrips: this.#ledger.roundTrips,
    }
  }

  snapshot(): OrderPlaneSnapshot {
    invariant(this.outbox.size === 0, 'what was emitted is drained before a snapshot')
    return {
      lastSeq: this.outbox.lastSeq,
      nowUs: this.#nowUs,
      marketUs: this.#marketUs,
      sessionCheckUs: Number.isFinite(this.#sessionCheckUs) ? this.#sessionCheckUs : null,
      waiting: this.#waiting.snapshot(),
      mode: this.#mode.snapshot(),
      rate: this.#rate.snapshot(),
      orders: this.#orders.snapshot(),
      ledger: this.#ledger.snapshot(),
      broker: { name: this.#config.broker, state: this.#broker.snapshot() },
      desks: this.#desks.snapshot(),
      totals: this.#totals.snapshot(),
    }
  }
}
