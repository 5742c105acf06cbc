import {
  instrumentId,
  type Instrument,
  type Mark,
  type MarketStatus,
  type Ofi,
  type Quote,
  type Trade,
} from '@triplane/contracts'
import { tradableOf, type ConfiguredRates, type Rates } from '@triplane/instruments'

/**
 * Market time of the first rehearsal. All numbers have the representation of real ones, or the compiler would specialise for
 * others.
 */
const START_US = 2 ** 50
/** Of a trade, in base units. */
const LARGE_SIZE = 2 ** 40 + 0.5

/** What a rehearsal is made of. Its rates are constant: those of the start. */
export interface RehearsalParts {
  readonly instrument: Instrument
  readonly rates: Rates
}

/** The first of the instruments that may be traded at a known rate; undefined when there is none. */
export function rehearsedInstrument(
  instruments: readonly Instrument[],
  rates: ConfiguredRates,
): Instrument | undefined {
  return tradableOf(instruments, rates).find(({ quote }) => rates.find(quote) !== undefined)
}

/** What a rehearsed plane is built with: one instrument, always open, sold short as readily as bought. */
export function rehearsedParts({ instrument, rates }: RehearsalParts) {
  const constant: ConfiguredRates = { ...rates, feeds: [] }
  return { instruments: [instrument], rates: constant, isSessionOpen: () => true }
}

/** The events of a market of its own, for one instrument: nothing of it reaches a run. */
export class RehearsedMarket {
  readonly bid: number
  readonly ask: number
  readonly #head: { readonly source: string; readonly instrument: Quote['instrument'] }
  readonly #stepUs: number
  #nowUs = START_US
  #seq = 0
  #flow = 1.5

  /** `stepUs` of market time lie between two rehearsals. */
  constructor(instrument: Instrument, stepUs: number) {
    this.#head = { source: 'rehearsal', instrument: instrumentId(instrument) }
    this.#stepUs = stepUs
    this.bid = Number(instrument.tickSize) * 12_345
    this.ask = Number(instrument.tickSize) * 12_346
  }

  get nowUs(): number {
    return this.#nowUs
  }

  get instrument(): Quote['instrument'] {
    return this.#head.instrument
  }

  /** The sequence of the next event. */
  nextSeq(): number {
    return ++this.#seq
  }

  /** What has to be known before the first rehearsal: a valid book, and a mark. */
  opening(): readonly [MarketStatus, Mark] {
    const at = { ...this.#head, tsRecvUs: this.#nowUs }
    return [
      { type: 'marketStatus', seq: this.nextSeq(), ...at, status: 'book_valid' },
      { type: 'mark', seq: this.nextSeq(), ...at, price: (this.bid + this.ask) / 2, kind: 'quote', ageUs: 0 },
    ]
  }

  /** Moves on to the next rehearsal, and gives its quote. */
  nextQuote(): Quote {
    this.#nowUs += this.#stepUs
    const tsRecvUs = this.#nowUs
    const seq = this.nextSeq()
    const { bid, ask } = this
    const times = { tsRecvUs, tsEventUs: tsRecvUs, updateId: START_US + seq }
    return { type: 'quote', seq, ...this.#head, ...times, bid, bidSize: 1.5, ask, askSize: 2.5 }
  }

  /** A trade as large as it takes for participation to allow any order. */
  trade(): Trade {
    const tsRecvUs = this.#nowUs
    const seq = this.nextSeq()
    const said = { tradeId: START_US + seq, price: this.ask, size: LARGE_SIZE, aggressor: 'buy' } as const
    return { type: 'trade', seq, ...this.#head, tsRecvUs, tsEventUs: tsRecvUs, ...said }
  }

  /** Order flow against that of the rehearsal before. */
  reversal(): Ofi {
    this.#flow = -this.#flow
    const interval = { intervalStartUs: START_US, intervalValue: 0.5, depth: 2.5 }
    return { type: 'ofi', seq: this.nextSeq(), ...this.#head, tsRecvUs: this.#nowUs, value: this.#flow, ...interval }
  }
}
