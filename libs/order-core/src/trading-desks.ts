import {
  field,
  isAbout,
  isBookGap,
  isCashTraded,
  knownSteps,
  type Instrument,
  type StateOf,
  instrumentId,
  type InstrumentId,
} from '@triplane/contracts'
import type { Broker, OrderStore } from '@triplane/execution'
import { tradingTerms, worthUsd, type Rates } from '@triplane/instruments'
import type { Ledger } from '@triplane/ledger'
import type { OrderPlaneConfig } from './config.ts'
import type { MarketInput, OrderPlaneDeps } from './order-plane-deps.ts'
import { TradingDesk, tradingDeskSchema } from './trading-desk.ts'

/** The desks as they are saved. */
export const tradingDesksSchema = field.list(tradingDeskSchema)
export type TradingDesksSnapshot = StateOf<typeof tradingDesksSchema>

/** One desk for each instrument of the run. */
export class TradingDesks {
  readonly all: readonly TradingDesk[]
  readonly #byId: ReadonlyMap<string, TradingDesk>
  readonly #ledger: Ledger

  constructor(
    { marginVenues, participation }: Pick<OrderPlaneConfig, 'marginVenues' | 'participation'>,
    { instruments, isSessionOpen }: OrderPlaneDeps,
    parts: { readonly broker: Broker; readonly ledger: Ledger; readonly orders: OrderStore; readonly rates: Rates },
    snapshot: TradingDesksSnapshot = [],
  ) {
    const saved = new Map(snapshot.map((desk) => [desk.instrument, desk]))
    const { broker, ledger, orders, rates } = parts
    this.#ledger = ledger
    const openDesk = (instrument: Instrument) => {
      const { quote } = instrument
      const id = instrumentId(instrument)
      const terms = tradingTerms(instrument, rates.usdPer(quote), saved.get(id)?.steps)
      ledger.setMinNotional(id, terms.steps.minNotional)
      const position = ledger.position(id)
      const working = orders.working(id)
      const isCash = isCashTraded(instrument, marginVenues)
      const deps = { terms, isCashTraded: isCash, broker, position, working, isSessionOpen, participation }
      return new TradingDesk(deps, saved.get(id))
    }
    this.all = instruments.map(openDesk)
    this.#byId = new Map(this.all.map((desk) => [desk.id, desk]))
  }

  /** The desk of an instrument. */
  find(instrument: InstrumentId): TradingDesk | undefined {
    return this.#byId.get(instrument)
  }

  /** US dollars that working buys of what is bought for cash may still take, at the best ask. */
  reservedCashUsd(): number {
    let usd = 0
    for (const { isCashTraded, workingBuyUnits, ask, terms } of this.all) {
      if (isCashTraded && workingBuyUnits > 0n) usd += worthUsd(workingBuyUnits, ask, terms)
    }
    return usd
  }

  /** Shows a market event to the desks that it is about. */
  onMarket(event: MarketInput, nowUs: number): void {
    if (event.type === 'marketStatus') {
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
