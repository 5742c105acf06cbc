import {
  cancelReasons,
  isKnownCode,
  Outbox,
  tradesAlways,
  venueOf,
  type AccountOpening,
  type CancelIntent,
  type Cross,
  type ExecutionEvent,
  type Fill,
  type KillSwitch,
  type LedgerAnswer,
  type OperatorCommand,
  type OperatorCommandCode,
  type OrderIntent,
  type TradingState,
} from '@triplane/contracts'
import {
  capParticipation,
  createRiskGate,
  openBroker,
  OrderRateWindow,
  OrderStore,
  readCandidate,
  standardChecks,
  TradingMode,
  type AccountRisk,
  type Broker,
  type Order,
  type RiskGate,
  type RiskReject,
} from '@triplane/execution'
import { quantityUnitsOf, RunRates } from '@triplane/instruments'
import { floorTime, invariant, US_PER_MINUTE } from '@triplane/kernel'
import { createLedger, numberFromMoney, type Ledger } from '@triplane/ledger'
import { AccountOpenings } from './account-opening.ts'
import type { OrderPlaneConfig } from './config.ts'
import { ExecutionTotals } from './execution-totals.ts'
import { LedgerDigests } from './ledger-digests.ts'
import { ModeEnforcement } from './mode-enforcement.ts'
import { OrderChanges } from './order-changes.ts'
import type { OrderPlaneCore, OrderPlaneInput, OrderPlaneSnapshot, OrderPlaneView } from './order-plane-core.ts'
import type { OrderPlaneDeps } from './order-plane-deps.ts'
import { OrderReports } from './order-reports.ts'
import { PublishedOrders, type CoreTime } from './published-orders.ts'
import type { TradingDesk } from './trading-desk.ts'
import { TradingDesks } from './trading-desks.ts'
import { WaitingIntents } from './waiting-intents.ts'

/** Builds the core of the order plane, from a snapshot if there is one. */
export function createOrderCore(
  config: OrderPlaneConfig,
  deps: OrderPlaneDeps,
  snapshot?: OrderPlaneSnapshot,
): OrderPlaneCore {
  return new OrderPipeline(config, deps, snapshot)
}

/**
 * The life of an order. Read it top to bottom: this class judges and submits an intent, `OrderReports` applies the broker's
 * reports, `LedgerDigests` compares the ledger with the strategy plane's, `ModeEnforcement` enforces the trading state, `OrderChanges` requests changes from the broker. The stages are in
 * `execution`, the view of an instrument in `TradingDesk`.
 *
 * Invariants
 * 1. Whatever is due (a broker's report, an intent that waited too long, the end of a session) is handled before an input
 *    that comes after it in input order, so how finely time is advanced changes nothing.
 * 2. Every output takes effect `minLatencyUs` after the market time of its cause.
 * 3. An intent with a known id changes no order. All other inputs are deduplicated before (PlaneCore, 3).
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
  readonly #rates: RunRates
  readonly #ledger: Ledger
  readonly #broker: Broker
  readonly #desks: TradingDesks
  readonly #totals: ExecutionTotals
  readonly #waiting: WaitingIntents
  readonly #published: PublishedOrders
  readonly #changes: OrderChanges
  readonly #enforcement: ModeEnforcement
  readonly #reports: OrderReports
  readonly #digests: LedgerDigests
  readonly #time: CoreTime = { nowUs: () => this.#nowUs, effectUs: () => this.#nowUs + this.#config.minLatencyUs }
  #nowUs: number
  #marketUs: number
  #sessionCheckUs: number
  #lastDenial: RiskReject | undefined

  constructor(config: OrderPlaneConfig, deps: OrderPlaneDeps, snapshot?: OrderPlaneSnapshot) {
    const { minLatencyUs, orderRetentionUs, startingCashUsd, risk } = config
    const rates = (this.#rates = new RunRates(deps.rates, snapshot?.rates))
    this.outbox = new Outbox(snapshot?.lastSeq)
    this.#config = config
    this.#deps = deps
    this.#gate = createRiskGate(standardChecks(risk))
    this.#mode = new TradingMode(snapshot?.mode)
    this.#rate = new OrderRateWindow(risk, snapshot?.rate)
    this.#orders = new OrderStore(orderRetentionUs, snapshot?.orders)
    this.#ledger = createLedger({ startingCashUsd, instruments: deps.instruments, rates }, snapshot?.ledger)
    const brokerOptions = { settings: config, leadUs: minLatencyUs, retentionUs: orderRetentionUs }
    this.#broker = openBroker(config.broker, brokerOptions, snapshot?.broker, deps.brokers)
    const parts = { broker: this.#broker, ledger: this.#ledger, orders: this.#orders, rates }
    this.#desks = new TradingDesks(config, deps, parts, snapshot?.desks)
    this.#totals = new ExecutionTotals(snapshot?.totals)
    this.#waiting = new WaitingIntents(snapshot?.waiting)
    const account = { ledger: this.#ledger, mode: this.#mode, orders: this.#orders, waiting: this.#waiting }
    const time = this.#time
    this.account = new AccountOpenings({ ...account, nowUs: time.nowUs })
    this.#published = new PublishedOrders(this.#orders, this.outbox, time)
    const orders = { orders: this.#orders, published: this.#published, time }
    this.#changes = new OrderChanges({ ...orders, broker: this.#broker })
    this.#enforcement = new ModeEnforcement({ mode: this.#mode, desks: this.#desks, changes: this.#changes })
    this.#reports = new OrderReports({
      ...orders,
      ...{ desks: this.#desks, ledger: this.#ledger, totals: this.#totals },
      ...{ outbox: this.outbox, changes: this.#changes, enforcement: this.#enforcement },
      onAmendment: deps.onAmendment,
    })
    this.#digests = new LedgerDigests({ ledger: this.#ledger, outbox: this.outbox, time }, snapshot?.digests)
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
        this.#digests.onMarket(event.tsRecvUs)
        if (event.type === 'mark') this.#desks.onMark(event)
        else this.#desks.onMarket(event, this.#nowUs)
        if (event.type === 'marketStatus' && event.status === 'disconnected') this.#denyUnfounded(event.venue)
        if (this.#waiting.size > 0) this.#releaseWaiting()
        return
      case 'operatorCommand':
        this.#goTo(event.effectUs, event.effectUs - 1)
        this.#onCommand(event)
        return
      case 'accountOpening':
        this.#goTo(event.effectUs, event.effectUs - 1)
        this.#onOpening(event)
        return
      case 'tradingCondition':
        this.#goTo(event.effectUs, event.effectUs - 1)
        this.#mode.setCondition(event.condition, event.state)
        this.#enforcement.enforce()
        return
      case 'orderIntent':
      case 'cancelIntent':
      case 'cross':
      case 'ledgerAnswer':
      case 'killSwitch':
        this.#goTo(event.effectUs, event.effectUs)
        this.#onStrategy(event)
    }
  }

  #onCommand({ command }: OperatorCommand): void {
    if (command === 'adopt') return this.#digests.state()
    this.#mode.command(command)
    this.#enforcement.enforce()
  }

  /** Publishes what the ledger opened: the strategy plane books the same from the event. */
  #onOpening(opening: AccountOpening): void {
    const opened = this.account.open(opening, this.#time.effectUs())
    if (opened) this.outbox.add(opened)
  }

  #onStrategy(event: OrderIntent | CancelIntent | Cross | LedgerAnswer | KillSwitch): void {
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
      case 'ledgerAnswer':
        this.#onAnswer(event)
        break
      case 'killSwitch':
        this.#onSwitch(event)
        break
    }
  }

  #onSwitch(event: KillSwitch): void {
    const before = this.#mode.state
    this.#mode.setSwitch(event.switchType, event.active)
    this.#enforcement.enforce()
    if (event.isSelfReleased) this.#deps.onReleased?.({ event, before, after: this.#mode.state })
  }

  /** While the ledgers differ, positions are only reduced. */
  #onAnswer(answer: LedgerAnswer): void {
    const outcome = this.#digests.judge(answer)
    this.#deps.onReconciliation?.(outcome)
    if (outcome === 'error') return
    this.#mode.setCondition('reconciliation', outcome === 'ok' ? 'active' : 'reducing')
    this.#enforcement.enforce()
  }

  /** Counts a duplicate and publishes nothing: the order with this id publishes its own states. */
  #onDuplicate(intent: OrderIntent): void {
    this.#countDenial({ code: 'duplicate', intentId: intent.intentId })
    this.#deps.onDuplicate?.(intent)
  }

  /** Runs risk and sizing, then submits. */
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
    this.#published.publish(order, isCutDown ? 'participation' : undefined)

    const objection = this.#gate.confirm(candidate, this.#accountRisk())
    if (objection) return this.#deny(order, objection)
    this.#broker.take({ type: 'submitOrder', order: sized }, this.#nowUs)
    this.#rate.record(this.#nowUs)
    if (!tradesAlways(desk.terms.instrument)) this.#watchSessions()
    this.#published.enter(order, 'submitted', this.#nowUs)
  }

  /** Cancels always pass, whatever their reason: an unknown reason counts as `replaced`. */
  #onCancel({ intentId, reason: given }: CancelIntent): void {
    const reason = isKnownCode(cancelReasons, given) ? given : 'replaced'
    for (const intent of this.#waiting.take((waiting) => waiting.intentId === intentId)) {
      this.#published.enter(this.#receive(intent), 'cancelled', this.#nowUs, reason)
      return
    }
    const order = this.#orders.get(intentId)
    if (order) this.#changes.cancel(order, reason)
    else this.#totals.unknownCancels++
  }

  /** Handles everything due up to and including `throughUs`, then moves market time to `timeUs`. */
  #goTo(timeUs: number, throughUs: number): void {
    if (this.nextDueUs() <= throughUs) this.advance(throughUs)
    if (timeUs > this.#nowUs) this.#nowUs = timeUs
  }

  nextDueUs(): number {
    return Math.min(this.#sessionCheckUs, this.#waiting.nextDueUs(), this.#broker.nextDueUs(), this.#digests.nextDueUs)
  }

  advance(throughUs: number): void {
    for (let dueUs = this.nextDueUs(); dueUs <= throughUs; dueUs = this.nextDueUs()) {
      if (dueUs > this.#nowUs) this.#nowUs = dueUs
      if (dueUs === this.#sessionCheckUs) this.#endSessions()
      else if (dueUs === this.#waiting.nextDueUs()) this.#denyOverdue()
      else if (dueUs === this.#broker.nextDueUs()) {
        const report = this.#broker.handleNext()
        if (report) this.#reports.take(report)
      } else this.#digests.publish()
    }
  }

  /** True if decided on data of the instrument that has not arrived yet, unless so far ahead that risk refuses it. */
  #isAhead(intent: OrderIntent): boolean {
    const { decisionRecvUs, validUntilUs } = intent
    const desk = this.#deskFor(intent)
    if (!desk || validUntilUs <= this.#nowUs) return false
    return decisionRecvUs > desk.lastMarketUs && decisionRecvUs - this.#marketUs <= this.#config.risk.maxFutureUs
  }

  #releaseWaiting(): void {
    for (const intent of this.#waiting.take((waiting) => !this.#isAhead(waiting))) this.#decide(intent)
  }

  /** Denies intents whose data did not arrive within their validity. */
  #denyOverdue(): void {
    this.#denyWaiting(({ validUntilUs }) => validUntilUs <= this.#nowUs)
  }

  /** Denies intents on prices that are no longer known because their connection was lost. */
  #denyUnfounded(lostVenue: string | undefined): void {
    this.#denyWaiting(({ instrument }) => lostVenue === undefined || venueOf(instrument) === lostVenue)
  }

  #denyWaiting(isLost: (intent: OrderIntent) => boolean): void {
    for (const intent of this.#waiting.take(isLost)) {
      const ageUs = this.#nowUs - (this.#deskFor(intent)?.lastMarketUs ?? 0)
      this.#deny(this.#receive(intent), { code: 'stale_market', ageUs, limitUs: intent.validUntilUs - intent.effectUs })
    }
  }

  /** Sessions and instruments end on whole minutes: checks at the next one while there are orders that a session can end. */
  #watchSessions(): void {
    this.#sessionCheckUs = Math.min(this.#sessionCheckUs, floorTime(this.#nowUs, US_PER_MINUTE) + US_PER_MINUTE)
  }

  #endSessions(): void {
    this.#sessionCheckUs = Number.POSITIVE_INFINITY
    for (const desk of this.#desks.all) {
      if (desk.working.orders.length === 0 || tradesAlways(desk.terms.instrument)) continue
      if (!desk.isSessionOpen(this.#nowUs))
        for (const order of [...desk.working.orders]) this.#changes.cancel(order, 'expired')
      this.#watchSessions()
    }
  }

  #receive(intent: OrderIntent): Order {
    const quantityScale = this.#deskFor(intent)?.terms.quantityScale ?? 0
    const order = this.#orders.receive(intent, quantityScale, this.#nowUs)
    this.#published.publish(order)
    return order
  }

  #deny(order: Order, reject: RiskReject): void {
    this.#countDenial(reject)
    this.#published.enter(order, 'denied', this.#nowUs, reject.code)
  }

  #isKnown(intentId: string): boolean {
    return this.#orders.get(intentId) !== undefined || this.#waiting.has(intentId)
  }

  #countDenial(reject: RiskReject): void {
    this.#totals.denials[reject.code]++
    this.#lastDenial = reject
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

  notionalUsd(fill: Fill): number {
    return this.#desks.notionalUsd(fill)
  }

  stateAfter(command: OperatorCommandCode): TradingState {
    return this.#mode.stateAfter(command)
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
      differences: this.#digests.differences,
      movingRates: this.#rates.moving.map((currency) => ({ currency, usd: this.#rates.usdPer(currency) })),
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
      rates: this.#rates.snapshot(),
      ledger: this.#ledger.snapshot(),
      broker: { name: this.#config.broker, state: this.#broker.snapshot() },
      desks: this.#desks.snapshot(),
      totals: this.#totals.snapshot(),
      digests: this.#digests.snapshot(),
    }
  }
}
