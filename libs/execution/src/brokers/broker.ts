import { brokerRejects, field, stateSchema, type OrderIntent, type StateOf, type Trade } from '@triplane/contracts'
import type { TradingTerms } from '@triplane/instruments'
import type { Approved } from '../risk/risk-gate.ts'
import type { BookView, Touch } from './book-view.ts'

/** Sends one order. It carries `Approved`, so an order that risk has not checked does not compile. */
interface SubmitOrder {
  readonly type: 'submitOrder'
  readonly order: Approved<OrderIntent>
}

/** Requests the cancellation of a sent order. */
export const cancelOrderSchema = stateSchema({
  type: field.literal('cancelOrder'),
  intentId: field.text,
  instrument: field.text,
})
type CancelOrder = StateOf<typeof cancelOrderSchema>

/**
 * Lowers the quantity of a sent order and changes nothing else, so, like a cancellation, it needs no approval. It never raises
 * the quantity: one at or above the order's own changes nothing, one at or below the filled quantity cancels the order.
 */
export const amendOrderSchema = stateSchema({
  type: field.literal('amendOrder'),
  intentId: field.text,
  instrument: field.text,
  /** New quantity of the whole order, the filled part included, so it stays right whatever fills on the way. */
  quantity: field.text,
})
type AmendOrder = StateOf<typeof amendOrderSchema>

/** A command of the core to a broker. */
export type BrokerCommand = SubmitOrder | CancelOrder | AmendOrder

/** `venueUs` is the market time of the event at the venue, `atUs` that of its arrival here. */
const times = { venueUs: field.timeUs, atUs: field.timeUs }
const ofOrder = { ...times, intentId: field.text }

/**
 * A broker's report, with the market time at which it reaches us. Quantities and money are decimal strings. Reports may come
 * late, twice and out of order.
 */
export const brokerReportSchema = field.either([
  stateSchema({ ...ofOrder, type: field.literal('acknowledged') }),
  stateSchema({ ...ofOrder, type: field.literal('rejected'), reason: field.oneOf(brokerRejects) }),
  stateSchema({
    ...ofOrder,
    type: field.literal('filled'),
    /** The order as sent, so that the fill can be booked after its order was forgotten. */
    order: field.event('orderIntent'),
    /** Unique within a run: deduplicates a fill that is reported twice. */
    fillId: field.text,
    quantity: field.text,
    /** Of all fills of the order so far, this one included. */
    filledQuantity: field.text,
    price: field.text,
    /** Quote currency; negative is a rebate. */
    fee: field.text,
    liquidity: field.oneOf(['maker', 'taker']),
  }),
  stateSchema({
    ...ofOrder,
    type: field.literal('cancelled'),
    /** Null when we requested the cancellation. */
    reason: field.orNull(field.literal('immediate_or_cancel')),
  }),
  /** The cancellation was refused: the order works on as before. */
  stateSchema({ ...ofOrder, type: field.literal('cancelRejected') }),
  /** `quantity` is the new quantity of the whole order, the filled part included. */
  stateSchema({ ...ofOrder, type: field.literal('amended'), quantity: field.text }),
  /** The amendment was refused: the order works on as before. */
  stateSchema({ ...ofOrder, type: field.literal('amendRejected') }),
  stateSchema({ ...ofOrder, type: field.literal('expired') }),
  /** The order's fate is unknown, neither success nor failure, until another report. */
  stateSchema({ ...ofOrder, type: field.literal('unknown') }),
  /** The ids of all orders working at the broker at `venueUs`. */
  stateSchema({ ...times, type: field.literal('snapshot'), working: field.list(field.text) }),
])
export type BrokerReport = StateOf<typeof brokerReportSchema>
/** A report about one order. */
export type OrderReport = Exclude<BrokerReport, { readonly type: 'snapshot' }>

type WithoutArrival<Report> = Report extends unknown ? Omit<Report, 'atUs'> : never

/** A report about an order as the broker makes it, without its arrival here. */
export type BrokerAnswer = WithoutArrival<OrderReport>

/** Observes the public market of an instrument. */
export interface MarketWatch {
  /** False while trades cannot affect it. */
  readonly watchesTrades: boolean
  /** False while changes of the book cannot affect it. */
  readonly watchesBook: boolean
  onTrade(trade: Trade, nowUs: number): void
  /** Handles a change of a valid book. */
  onBook(nowUs: number): void
}

/**
 * A broker that the core hosts: deterministic, with its state in the core's snapshot.
 *
 * Invariants
 * 1. Commands are idempotent by intent id and return nothing: the answer is a report.
 * 2. Reports are due in the order of their time, then of their sending, however finely time is advanced.
 * 3. The first report of an order is not due before its command plus the lead.
 */
export interface Broker {
  /** Opens trading in an instrument on a live book and its newest quote. Called once for each, also after a restore. */
  list(terms: TradingTerms, book: BookView, touch: Touch): MarketWatch
  /**
   * Accepts a command. A cancellation or amendment that arrives after the order's end gets no answer: the end was reported.
   */
  take(command: BrokerCommand, nowUs: number): void
  /** When the next message is due; Infinity when none is under way. */
  nextDueUs(): number
  /** Handles the next due message; returns its report, if it is one. */
  handleNext(): BrokerReport | undefined
  /** The state from which it resumes, in its definition's schema. */
  snapshot(): unknown
}
