import {
  instrumentId,
  field,
  stateSchema,
  stepsOf,
  stepsSchema,
  type Instrument,
  type MarketStatus,
  type StateOf,
  type Steps,
  type EventDraft,
} from '@triplane/contracts'
import { decimalsOf } from '@triplane/kernel'
import type { NormalizedEvent } from '../frame-refusal.ts'
import type { OrderBook } from '../order-book/order-book.ts'
import { scaleOf } from './exact-units.ts'

/** The saved state of a steps watch. */
export const stepsWatchSchema = stateSchema({
  /** Those of the instruments file. */
  configured: stepsSchema,
  inForce: stepsSchema,
  areKnown: field.flag,
  /** The steps in force have been announced; false after a start with another file, until the first event. */
  areSaid: field.flag,
  finer: field.count,
})
export type StepsWatchSnapshot = StateOf<typeof stepsWatchSchema>

type Emit = (status: EventDraft<MarketStatus>) => void

/** Creates a steps watch; `snapshot` is from another one of the same instrument, whose file may have other steps now. */
export function createStepsWatch(source: string, instrument: Instrument, snapshot?: StepsWatchSnapshot): StepsWatch {
  return new StepsWatch(source, instrument, snapshot)
}

/**
 * Maintains the steps in force: those of the instruments file until the venue's own list gives others, and again when the file
 * has changed. Detects prices and sizes that are not whole numbers of steps: the steps are then unknown, and orders in them
 * could be outside the market. Emits `steps_unknown` at the first one, and again for a list that does not help; `steps_known`,
 * with the steps, when others come into force. Checks what can be traded now: trades, quotes and the best levels of the book.
 * Deep levels may have orders from before a venue made its steps coarser.
 */
export class StepsWatch {
  readonly #source: string
  readonly #instrument: Instrument
  readonly #configured: Steps
  #inForce: Steps
  #tick: Step
  #lot: Step
  #areKnown: boolean
  #areSaid: boolean
  #finer: number

  constructor(source: string, instrument: Instrument, snapshot?: StepsWatchSnapshot) {
    this.#source = source
    this.#instrument = instrument
    this.#configured = stepsOf(instrument)
    const { configured, inForce, areKnown, areSaid, finer } = snapshot ?? fromFile(this.#configured)
    const isSameFile = areEqual(configured, this.#configured)
    this.#inForce = isSameFile ? inForce : this.#configured
    this.#areSaid = areSaid && (isSameFile || (areKnown && areEqual(inForce, this.#configured)))
    this.#areKnown = !this.#areSaid || areKnown
    this.#finer = finer
    this.#tick = stepOf(this.#inForce.tickSize)
    this.#lot = stepOf(this.#inForce.lotSize)
  }

  /** Number of events with a price or size finer than the steps. */
  get finer(): number {
    return this.#finer
  }

  get inForce(): Steps {
    return this.#inForce
  }

  /** Handles every valid event of the instrument. */
  onEvent(event: NormalizedEvent, tsRecvUs: number, emit: Emit): void {
    this.#announce(tsRecvUs, emit)
    this.#judge(this.#findFiner(event), tsRecvUs, emit)
  }

  /** Handles a valid book after a change. */
  onBook(book: OrderBook, tsRecvUs: number, emit: Emit): void {
    const bid = book.bidCount > 0 ? this.#finerOf(book.bidPrice(0), book.bidSize(0)) : undefined
    const ask = book.askCount > 0 ? this.#finerOf(book.askPrice(0), book.askSize(0)) : undefined
    this.#judge(bid ?? ask, tsRecvUs, emit)
  }

  /** Handles the steps of the venue's own list. */
  onList(steps: Steps, tsRecvUs: number, emit: Emit): void {
    this.#announce(tsRecvUs, emit)
    if (areEqual(steps, this.#inForce)) {
      if (!this.#areKnown) this.#say('steps_unknown', 'list', tsRecvUs, emit)
      return
    }
    this.#inForce = steps
    this.#tick = stepOf(steps.tickSize)
    this.#lot = stepOf(steps.lotSize)
    this.#areKnown = true
    this.#say('steps_known', 'list', tsRecvUs, emit)
  }

  snapshot(): StepsWatchSnapshot {
    return {
      configured: this.#configured,
      inForce: this.#inForce,
      areKnown: this.#areKnown,
      areSaid: this.#areSaid,
      finer: this.#finer,
    }
  }

  #announce(tsRecvUs: number, emit: Emit): void {
    if (this.#areSaid) return
    this.#areSaid = true
    this.#say('steps_known', 'file', tsRecvUs, emit)
  }

  #judge(what: 'price' | 'size' | undefined, tsRecvUs: number, emit: Emit): void {
    if (what === undefined) return
    this.#finer++
    if (!this.#areKnown) return
    this.#areKnown = false
    this.#say('steps_unknown', what, tsRecvUs, emit)
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

  #say(status: 'steps_known' | 'steps_unknown', reason: string, tsRecvUs: number, emit: Emit): void {
    const instrument = instrumentId(this.#instrument)
    const steps = status === 'steps_known' && this.#inForce
    emit({ type: 'marketStatus', source: this.#source, instrument, tsRecvUs, status, reason, ...steps })
  }
}

function fromFile(steps: Steps): StepsWatchSnapshot {
  return { configured: steps, inForce: steps, areKnown: true, areSaid: true, finer: 0 }
}

function areEqual(a: Steps, b: Steps): boolean {
  return isSame(a.tickSize, b.tickSize) && isSame(a.lotSize, b.lotSize) && isSame(a.minNotional, b.minNotional)
}

/** `0.10` is `0.1`. */
function isSame(a: string, b: string): boolean {
  return Number(a) === Number(b)
}

/** A step as `units`; there are `scale` (a power of ten) units in 1. */
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
