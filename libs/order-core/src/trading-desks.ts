import {
  field,
  isAbout,
  isBookGap,
  isCashTraded,
  knownSteps,
  type Fill,
  type Mark,
  type Instrument,
  type StateOf,
  instrumentId,
  type InstrumentId,
} from '@triplane/contracts'
import type { Broker, OrderStore } from '@triplane/execution'
import { quantityUnitsOf, tradingTerms, worthUsd, type RunRates } from '@triplane/instruments'
import { invariant } from '@triplane/kernel'
import type { Ledger } from '@triplane/ledger'
import type { OrderPlaneConfig } from './config.ts'
import type { MarketInput, OrderPlaneDeps } from './order-plane-deps.ts'
import { TradingDesk, tradingDeskSchema } from './trading-desk.ts'

/** The saved desks. */
export const tradingDesksSchema = field.list(tradingDeskSchema)
export type TradingDesksSnapshot = StateOf<typeof tradingDesksSchema>

/** One desk for each instrument of the run. */
export class TradingDesks {
  readonly all: readonly TradingDesk[]
  readonly #byId: ReadonlyMap<string, TradingDesk>
  readonly #ledger: Ledger
  readonly #rates: RunRates

  constructor(
    { marginVenues, participation }: Pick<OrderPlaneConfig, 'marginVenues' | 'participation'>,
    { instruments, isSessionOpen }: OrderPlaneDeps,
    parts: { readonly broker: Broker; readonly ledger: Ledger; readonly orders: OrderStore; readonly rates: RunRates },
    snapshot: TradingDesksSnapshot = [],
  ) {
    const saved = new Map(snapshot.map((desk) => [desk.instrument, desk]))
    const { broker, ledger, orders, rates } = parts
    this.#ledger = ledger
    this.#rates = rates
    const openDesk = (instrument: Instrument) => {
      const { quote } = instrument
      const id = instrumentId(instrument)
      const terms = rates.follow(tradingTerms(instrument, rates.usdPer(quote), saved.get(id)?.steps))
      ledger.setMinNotional(id, terms.steps.minNotional)
      const position = ledger.position(id)
      const working = orders.working(id)
      const isCash = isCashTraded(instrument, marginVenues)
      const deps = { terms, rates, isCashTraded: isCash, broker, position, working, isSessionOpen, participation }
      return new TradingDesk(deps, saved.get(id))
    }
    this.all = instruments.map(openDesk)
    this.#byId = new Map(this.all.map((desk) => [desk.id, desk]))
  }

  /** The desk of an instrument. */
  find(instrument: InstrumentId): TradingDesk | undefined {
    return this.#byId.get(instrument)
  }

  /** Notional of a fill, US dollars. Throws on an unknown instrument. */
  notionalUsd({ instrument, quantity, price }: Fill): number {
    const terms = this.find(instrument)?.terms
    invariant(terms !== undefined, 'a fill is of an instrument of the run', instrument)
    return worthUsd(quantityUnitsOf(quantity, terms), Number(price), terms)
  }

  /** Cash that working buy orders without margin may still take, at the best ask, US dollars. */
  reservedCashUsd(): number {
    let usd = 0
    for (const { isCashTraded, workingBuyUnits, ask, terms } of this.all) {
      if (isCashTraded && workingBuyUnits > 0n) usd += worthUsd(workingBuyUnits, ask, terms)
    }
    return usd
  }

  /**
   * Values positions, and moves fed rates. Nothing but marks does, so at any market time the order plane and the strategy plane
   * value alike.
   */
  onMark(mark: Mark): void {
    const { instrument, price, tsRecvUs, ageUs } = mark
    this.#rates.onMark(mark)
    if (this.find(instrument)) this.#ledger.mark(instrument, price, tsRecvUs - ageUs)
  }

  /** Forwards a market event to the desks that it concerns. */
  onMarket(event: MarketInput, nowUs: number): void {
    if (event.type === 'marketStatus') {
      this.#rates.onStatus(event)
      if (event.status === 'gap' && !isBookGap(event)) return
      for (const desk of this.all) {
        if (!isAbout(event, desk.id, desk.source)) continue
        desk.onStatus(event, nowUs)
        const steps = knownSteps(event)
        if (steps) this.#ledger.setMinNotional(desk.id, steps.minNotional)
      }
      return
    }
    const desk = this.find(event.instrument)
    if (!desk) return
    if (event.type === 'quote') desk.onQuote(event)
    else if (event.type === 'trade') desk.onTrade(event, nowUs)
    else if (event.type === 'bookDelta') desk.onBookDelta(event, nowUs)
    else desk.onBookSnapshot(event, nowUs)
  }

  snapshot(): TradingDesksSnapshot {
    return this.all.map((desk) => desk.snapshot())
  }
}
