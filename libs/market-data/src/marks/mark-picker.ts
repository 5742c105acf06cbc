import {
  field,
  markKinds,
  stateSchema,
  type Mark,
  type Quote,
  type StateOf,
  type Trade,
  type EventDraft,
  type InstrumentId,
} from '@triplane/contracts'
import type { BookKeeper } from '../order-book/book-keeper.ts'

/** The instrument to mark, and the sources of its marks. */
export interface MarkPickerOptions {
  readonly source: string
  readonly instrument: InstrumentId
  /** The instrument's own book, if it has one: it stays current. */
  readonly book: Pick<BookKeeper, 'isValid' | 'book'> | undefined
  /** Older quotes do not count while there is a book. */
  readonly freshUs: number
}

/** A price, its kind and its receive time. */
const pickedSchema = stateSchema({ kind: field.oneOf(markKinds), price: field.real, atUs: field.timeUs })
type Picked = StateOf<typeof pickedSchema>

/** The saved state of a mark picker. Prices and times are 0 when absent. */
export const markPickerSchema = stateSchema({
  quoteMid: field.real,
  quoteUs: field.timeUs,
  bookUs: field.timeUs,
  tradePrice: field.real,
  tradeUs: field.timeUs,
  mark: field.orNull(pickedSchema),
})
export type MarkPickerSnapshot = StateOf<typeof markPickerSchema>

const nothingHeard: MarkPickerSnapshot = {
  quoteMid: 0,
  quoteUs: 0,
  bookUs: 0,
  tradePrice: 0,
  tradeUs: 0,
  mark: null,
}

type Emit = (mark: EventDraft<Mark>) => void

/** Creates a mark picker; `snapshot` is from another one with the same options. */
export function createMarkPicker(options: MarkPickerOptions, snapshot?: MarkPickerSnapshot): MarkPicker {
  return new MarkPicker(options, snapshot)
}

/**
 * Picks the price at which an instrument is valued: the mid of a fresh quote, else of a valid book, else the last trade.
 *
 * Invariants
 * 1. A mark never goes back: an older price does not replace the current mark. Without news none is emitted, and the current
 *    mark ages.
 * 2. `onTime` emits the marks; in between only the first one, and one of a better kind.
 */
export class MarkPicker {
  readonly #options: MarkPickerOptions
  #quoteMid: number
  #quoteUs: number
  #bookUs: number
  #tradePrice: number
  #tradeUs: number
  #mark: Picked | undefined

  constructor(options: MarkPickerOptions, saved: MarkPickerSnapshot = nothingHeard) {
    this.#options = options
    this.#quoteMid = saved.quoteMid
    this.#quoteUs = saved.quoteUs
    this.#bookUs = saved.bookUs
    this.#tradePrice = saved.tradePrice
    this.#tradeUs = saved.tradeUs
    this.#mark = saved.mark ?? undefined
  }

  onQuote({ bid, ask, tsRecvUs }: Quote, emit: Emit): void {
    this.#quoteMid = (bid + ask) / 2
    this.#quoteUs = tsRecvUs
    if (this.#mark?.kind !== 'quote') this.onTime(tsRecvUs, emit)
  }

  /** The book has changed and is valid. */
  onBook(tsRecvUs: number, emit: Emit): void {
    this.#bookUs = tsRecvUs
    const kind = this.#mark?.kind
    if (kind === undefined || kind === 'trade') this.onTime(tsRecvUs, emit)
  }

  onTrade({ price, tsRecvUs }: Trade, emit: Emit): void {
    this.#tradePrice = price
    this.#tradeUs = tsRecvUs
    if (this.#mark === undefined) this.onTime(tsRecvUs, emit)
  }

  /** Discards prices from before the hole. The current mark stays, and ages. */
  onDisconnect(): void {
    this.#quoteMid = 0
    this.#tradePrice = 0
  }

  /** Emits the mark of market time `nowUs`, if it differs from the current one or confirms it. */
  onTime(nowUs: number, emit: Emit): void {
    const picked = this.#pick(nowUs)
    const { source, instrument } = this.#options
    if (picked === undefined) return
    const { kind, price, atUs } = picked
    const inForce = this.#mark
    if (inForce?.atUs === atUs && inForce.price === price && inForce.kind === kind) return
    this.#mark = picked
    emit({ type: 'mark', seq: 0, source, instrument, tsRecvUs: nowUs, price, kind, ageUs: nowUs - atUs })
  }

  /** The state from which another picker continues. */
  snapshot(): MarkPickerSnapshot {
    return {
      quoteMid: this.#quoteMid,
      quoteUs: this.#quoteUs,
      bookUs: this.#bookUs,
      tradePrice: this.#tradePrice,
      tradeUs: this.#tradeUs,
      mark: this.#mark ?? null,
    }
  }

  /** The best price that is not older than the current mark. */
  #pick(nowUs: number): Picked | undefined {
    const { book, freshUs } = this.#options
    const sinceUs = this.#mark?.atUs ?? 0
    if (this.#quoteMid > 0 && this.#quoteUs >= sinceUs && nowUs - this.#quoteUs <= freshUs) {
      return { kind: 'quote', price: this.#quoteMid, atUs: this.#quoteUs }
    }
    const bookMid = book?.isValid ? (book.book.bidPrice(0) + book.book.askPrice(0)) / 2 : 0
    if (bookMid > 0 && this.#bookUs >= sinceUs) return { kind: 'book', price: bookMid, atUs: this.#bookUs }
    if (this.#tradePrice > 0 && this.#tradeUs >= sinceUs) {
      return { kind: 'trade', price: this.#tradePrice, atUs: this.#tradeUs }
    }
    return undefined
  }
}
