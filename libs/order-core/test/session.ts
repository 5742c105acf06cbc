import {
  encodeLine,
  type CancelReason,
  type ExecutionEvent,
  type Instrument,
  type OrderIntent,
  type Steps,
  type TradingCondition,
  type TradingState,
  instrumentId,
} from '@triplane/contracts'
import type { BrokerDefinition, BrokerSettings } from '@triplane/execution'
import { configuredRates, tradableOf, type ConfiguredRates } from '@triplane/instruments'
import {
  anAccountOpening,
  aBookDelta,
  aBookSnapshot,
  aCancelIntent,
  aKillSwitch,
  aMark,
  aMarketStatus,
  anOperatorCommand,
  anOrderIntent,
  aQuote,
  aTrade,
  aTradingCondition,
  testStartUs,
} from '@triplane/testing'
import type { OwnedView } from '../src/account-opening.ts'
import type { OrderPlaneConfig } from '../src/config.ts'
import type { OrderPlaneCore, OrderPlaneInput, OrderPlaneSnapshot } from '../src/order-plane-core.ts'
import type { OrderPlaneDeps } from '../src/order-plane-deps.ts'
import { createOrderCore } from '../src/pipeline.ts'
import { orderPlaneConfig } from './config.ts'

const instrument = (symbol: string, fields: Partial<Instrument> = {}): Instrument => ({
  symbol,
  venue: 'sim',
  exchange: 'sim',
  venueSymbol: symbol,
  kind: 'spot',
  base: symbol,
  quote: 'USD',
  tickSize: '0.1',
  lotSize: '0.01',
  minNotional: '5',
  session: '24x7',
  ...fields,
})

export const BTC = instrument('BTC/USD')
export const SPY = instrument('SPY', { kind: 'equity', lotSize: '1', minNotional: '1', session: 'us_equity' })

/** SPY closes a minute and a half after the start of a session. */
export const CLOSE_US = testStartUs + 120_000_000

export const isSessionOpen = (session: Instrument['session'], timeUs: number) => session === '24x7' || timeUs < CLOSE_US

/** A core with the producers that feed it, which count their sequences and set the time. */
export class Session {
  core: OrderPlaneCore
  nowUs = testStartUs
  readonly outputs: ExecutionEvent[] = []
  /** The answers to amendments. */
  readonly amendments: string[] = []
  /** The outcomes of comparisons of ledgers. */
  readonly reconciled: string[] = []
  readonly #config: OrderPlaneConfig
  readonly #seqs = { data: 0, strategy: 0, operator: 0 }

  readonly #broker: OrderPlaneDeps['brokers']
  readonly rates: ConfiguredRates
  readonly #instruments: readonly Instrument[]

  /** Orders go to `broker` if it is given. Quoted instruments may feed rates. */
  constructor(
    fields: Parameters<typeof orderPlaneConfig>[0] = {},
    broker?: BrokerDefinition<BrokerSettings>,
    instruments: readonly Instrument[] = [BTC, SPY],
  ) {
    const config = orderPlaneConfig(fields)
    this.rates = configuredRates(config.ratesToUsd, instruments)
    this.#instruments = tradableOf(instruments, this.rates)
    this.#config = broker ? { ...config, broker: broker.name } : config
    this.#broker = broker && [broker]
    this.core = this.#build()
  }

  #build(snapshot?: OrderPlaneSnapshot): OrderPlaneCore {
    const onAmendment = (outcome: string) => void this.amendments.push(outcome)
    const onReconciliation = (outcome: string) => void this.reconciled.push(outcome)
    const told = { onAmendment, onReconciliation }
    const { rates } = this
    const deps = { instruments: this.#instruments, rates, isSessionOpen, brokers: this.#broker, ...told }
    return createOrderCore(this.#config, deps, snapshot)
  }

  /** Replaces the core by a new one, built from its snapshot as JSON. */
  restore(snapshot: OrderPlaneSnapshot = this.core.snapshot()): void {
    this.core = this.#build(JSON.parse(JSON.stringify(snapshot)) as OrderPlaneSnapshot)
  }

  send(event: OrderPlaneInput): OrderPlaneInput {
    this.core.process(event)
    this.take()
    return event
  }

  /** Advances market time. */
  wait(us: number): this {
    this.nowUs += us
    return this
  }

  /** Declares that no more input comes up to now. */
  settle(): this {
    this.core.advance(this.nowUs)
    this.take()
    return this
  }

  take(): void {
    this.outputs.push(...this.core.outbox.drain())
  }

  #market(symbol: string) {
    return { seq: ++this.#seqs.data, source: 'sim', instrument: `${symbol}@sim`, tsRecvUs: this.nowUs }
  }

  quote(bid: number, ask: number, symbol = BTC.symbol) {
    return this.send(aQuote({ ...this.#market(symbol), bid, ask }))
  }

  mark(price: number, symbol = BTC.symbol) {
    return this.send(aMark({ ...this.#market(symbol), price, ageUs: 0 }))
  }

  trade(price: number, size: number, aggressor: 'buy' | 'sell', symbol = BTC.symbol) {
    return this.send(aTrade({ ...this.#market(symbol), price, size, aggressor }))
  }

  book(bids: readonly number[], asks: readonly number[], symbol = BTC.symbol) {
    return this.send(aBookSnapshot({ ...this.#market(symbol), bids: [...bids], asks: [...asks] }))
  }

  delta(bids: readonly number[], asks: readonly number[], symbol = BTC.symbol) {
    return this.send(aBookDelta({ ...this.#market(symbol), bids: [...bids], asks: [...asks] }))
  }

  status(status: 'book_valid' | 'book_invalid' | 'stale' | 'fresh' | 'late' | 'on_time', symbol = BTC.symbol) {
    return this.send(aMarketStatus({ ...this.#market(symbol), status }))
  }

  /** Sends the data plane's report of the steps, or that they are unknown. */
  steps(known?: Steps) {
    const status = known ? 'steps_known' : 'steps_unknown'
    return this.send(aMarketStatus({ ...this.#market(BTC.symbol), status, ...known }))
  }

  disconnect() {
    const { instrument: _, ...fields } = aMarketStatus({ ...this.#market(''), status: 'disconnected' })
    return this.send(fields)
  }

  /** Sends a limit order to buy 1 at 100; `fields` override it. */
  intent(intentId: string, fields: Partial<OrderIntent> = {}) {
    return this.send(
      anOrderIntent({
        seq: ++this.#seqs.strategy,
        intentId,
        instrument: instrumentId(BTC),
        effectUs: this.nowUs,
        side: 'BUY',
        orderType: 'LIMIT',
        quantity: '1',
        limitPrice: '100',
        timeInForce: 'GTC',
        postOnly: false,
        reduceOnly: false,
        decisionMid: 100.05,
        decisionRecvUs: Math.min(this.nowUs, testStartUs),
        validUntilUs: this.nowUs + 2_000_000,
        ...fields,
      }),
    )
  }

  cancel(intentId: string, reason: CancelReason = 'replaced') {
    return this.send(aCancelIntent({ seq: ++this.#seqs.strategy, intentId, effectUs: this.nowUs, reason }))
  }

  killSwitch(active: boolean) {
    return this.send(aKillSwitch({ seq: ++this.#seqs.strategy, switchType: 'drawdown', active, effectUs: this.nowUs }))
  }

  command(command: 'halt' | 'reduce' | 'resume' | 'adopt') {
    return this.send(anOperatorCommand({ seq: ++this.#seqs.operator, command, effectUs: this.nowUs }))
  }

  /** Opens the account with what another core owned. */
  openAccount(openingId: string, { account, switches }: OwnedView) {
    const effectUs = this.nowUs
    return this.send(
      anAccountOpening({ seq: ++this.#seqs.operator, effectUs, openingId, account, switches: [...switches] }),
    )
  }

  condition(condition: TradingCondition, state: TradingState) {
    return this.send(aTradingCondition({ seq: ++this.#seqs.operator, condition, state, effectUs: this.nowUs }))
  }

  /** Opens a market around 100 with 5 on either side and enough volume for any order. */
  open(symbol = BTC.symbol): this {
    this.book([100, 5, 99.9, 5], [100.1, 5, 100.2, 5], symbol)
    this.status('book_valid', symbol)
    this.quote(100, 100.1, symbol)
    this.mark(100.05, symbol)
    this.trade(100, 1_000, 'sell', symbol)
    return this
  }

  /** Outputs in short, without digests: "OFI-1 denied kill_switch", "fill 0.4 @ 100". */
  brief(): readonly string[] {
    return this.outputs.flatMap((event) => {
      if (event.type === 'ledgerDigest') return []
      if (event.type === 'fill') return `fill ${event.quantity} @ ${event.price}`
      if (event.type === 'accountOpened') return `opened ${event.openingId}`
      if (event.type === 'ledgerStated') return `stated ${event.fills}`
      return `${event.intentId} ${event.state}${event.reason ? ` ${event.reason}` : ''}`
    })
  }

  /** Forgets the outputs so far. */
  forget(): this {
    this.outputs.length = 0
    return this
  }

  lines(): readonly string[] {
    return this.outputs.map(encodeLine)
  }
}
