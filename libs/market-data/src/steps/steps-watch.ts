import { field, stateSchema, type Instrument, type MarketStatus, type StateOf } from '@triplane/contracts'
import { decimalsOf } from '@triplane/kernel'
import type { NormalizedEvent } from '../normalize/frame-refusal.ts'
import type { OrderBook } from '../order-book/order-book.ts'
import { scaleOf } from './exact-units.ts'

/** What a steps watch needs to go on from where it was. */
export const stepsWatchSchema = stateSchema({
  /** The steps that it judged by. */
  tickSize: field.text,
  lotSize: field.text,
  areKnown: field.flag,
  finer: field.count,
})
export type StepsWatchSnapshot = StateOf<typeof stepsWatchSchema>

type Emit = (status: MarketStatus) => void

/** Builds a steps watch; `snapshot` comes from another one of the same instrument, whose steps may be others now. */
export function createStepsWatch(source: string, instrument: Instrument, snapshot?: StepsWatchSnapshot): StepsWatch {
  return new StepsWatch(source, instrument, snapshot)
}

/**
 * Notices prices and sizes that are no whole number of the instrument's steps: then its steps are not known, and orders in them could be
 * outside the market. Says `steps_unknown` at the first one, and `steps_known` when it goes on with other steps. Judged is what can
 * be traded now: trades, quotes and the best levels of the book. Deep levels may hold orders from before a venue made its steps coarser.
 */
export class StepsWatch {
  readonly #source: string
  readonly #instrument: Instrument
  readonly #tick: Step
  readonly #lot: Step
  #areKnown: boolean
  #isNew: boolean
  #finer: number

  constructor(source: string, instrument: Instrument, snapshot?: StepsWatchSnapshot) {
    const { tickSize, lotSize } = instrument
    this.#source = source
    this.#instrument = instrument
    this.#tick = stepOf(tickSize)
    this.#lot = stepOf(lotSize)
    const saved = snapshot ?? { tickSize, lotSize, areKnown: true, finer: 0 }
    const isSame = saved.tickSize === tickSize && saved.lotSize === lotSize
    this.#isNew = !isSame && !saved.areKnown
    this.#areKnown = this.#isNew || saved.areKnown
    this.#finer = saved.finer
  }

  /** Number of events with a price or size that is finer than the steps. */
  get finer(): number {
    return this.#finer
  }

  /** Takes every good event of the instrument. */
  onEvent(event: NormalizedEvent, tsRecvUs: number, emit: Emit): void {
    if (this.#isNew) {
      this.#isNew = false
      this.#emit('steps_known', undefined, tsRecvUs, emit)
    }
    this.#judge(this.#findFiner(event), tsRecvUs, emit)
  }

  /** Takes a valid book after a change. */
  onBook(book: OrderBook, tsRecvUs: number, emit: Emit): void {
    const bid = book.bidCount > 0 ? this.#finerOf(book.bidPrice(0), book.bidSize(0)) : undefined
    const ask = book.askCount > 0 ? this.#finerOf(book.askPrice(0), book.askSize(0)) : undefined
    this.#judge(bid ?? ask, tsRecvUs, emit)
  }

  snapshot(): StepsWatchSnapshot {
    const { tickSize, lotSize } = this.#instrument
    return { tickSize, lotSize, areKnown: this.#areKnown && !this.#isNew, finer: this.#finer }
  }

  #judge(what: 'price' | 'size' | undefined, tsRecvUs: number, emit: Emit): void {
    if (what === undefined) return
    this.#finer++
    if (!this.#areKnown) return
    this.#areKnown = false
    this.#emit('steps_unknown', what, tsRecvUs, emit)
  }

  #findFiner(event: NormalizedEvent): 'price' | 'size' | undefined {
    if (event.type === 'trade') return this.#finerOf(event.price, event.size)
    if (event.type !== 'quote') return undefined
    return this.#finerOf(event.bid, event.bidSize) ?? this.#finerOf(event.ask, event.askSize)
  }

  #finerOf(price: number, size: number): 'price' | 'size' | undefined {
    if (!isStep(price, this.#tick)) return 'price'
    return isStep(size, this.#lot) ? undefined : 'size'
  }

  #emit(status: 'steps_known' | 'steps_unknown', reason: string | undefined, tsRecvUs: number, emit: Emit): void {
    const { venue, symbol } = this.#instrument
    const what = { source: this.#source, venue, symbol, tsRecvUs, status, ...(reason !== undefined && { reason }) }
    emit({ type: 'marketStatus', seq: 0, ...what })
  }
}

/** A step is `units` of them, `scale` (a power of ten) in 1. */
interface Step {
  readonly scale: number
  readonly units: number
}

function stepOf(size: string): Step {
  const scale = scaleOf(decimalsOf(size))
  return { scale, units: Math.round(Number(size) * scale) }
}

function isStep(value: number, { scale, units }: Step): boolean {
  const whole = Math.round(value * scale)
  return whole / scale === value && (units === 1 || whole % units === 0)
}
