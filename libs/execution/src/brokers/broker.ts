import { brokerRejects, field, stateSchema, type OrderIntent, type StateOf, type Trade } from '@triplane/contracts'
import type { TradingTerms } from '@triplane/instruments'
import type { Approved } from '../risk/risk-gate.ts'
import type { BookView, Touch } from './book-view.ts'

/** Sends one order. It carries `Approved`, so an order that risk has not seen does not compile. */
interface SubmitOrder {
  readonly type: 'submitOrder'
  readonly order: Approved<OrderIntent>
}

/** Asks for the cancellation of an order that was sent. */
export const cancelOrderSchema = stateSchema({
  type: field.literal('cancelOrder'),
  intentId: field.text,
  instrument: field.text,
})
type CancelOrder = StateOf<typeof cancelOrderSchema>

/**
 * Lowers the quantity of an order that was sent, and touches nothing else: so it needs no approval of its own, as a cancellation
 * needs none. It never raises it: to at least the quantity that the order has, it changes nothing. To at most what is filled,
 * it is a cancellation.
 */
export const amendOrderSchema = stateSchema({
  type: field.literal('amendOrder'),
  intentId: field.text,
  instrument: field.text,
  /** Of the whole order from then on, what is filled included: it stays right whatever fills on the way. */
  quantity: field.text,
})
type AmendOrder = StateOf<typeof amendOrderSchema>

/** What the core asks of a broker. */
export type BrokerCommand = SubmitOrder | CancelOrder | AmendOrder

/** `venueUs` is the market time at which it happened at the venue, `atUs` that at which it reaches us. */
const times = { venueUs: field.timeUs, atUs: field.timeUs }
const ofOrder = { ...times, intentId: field.text }

/**
 * What a broker says, with the market time at which it reaches us. Quantities and money are decimal strings. Reports may come
 * late, twice and in another order than things happened.
 */
export const brokerReportSchema = field.either([
  stateSchema({ ...ofOrder, type: field.literal('acknowledged') }),
  stateSchema({ ...ofOrder, type: field.literal('rejected'), reason: field.oneOf(brokerRejects) }),
  stateSchema({
    ...ofOrder,
    type: field.literal('filled'),
    /** The order as it was sent: the fill can be booked when nobody remembers its order any more. */
    order: field.event('orderIntent'),
    /** Unique within a run: by it a fill that is reported twice is booked once. */
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
    /** Null when we asked for it. */
    reason: field.orNull(field.literal('immediate_or_cancel')),
  }),
  /** It was not cancelled: it goes on as if nobody had asked. */
  stateSchema({ ...ofOrder, type: field.literal('cancelRejected') }),
  /** `quantity` is that of the whole order from now on, what is filled included. */
  stateSchema({ ...ofOrder, type: field.literal('amended'), quantity: field.text }),
  /** It was not amended: it goes on as if nobody had asked. */
  stateSchema({ ...ofOrder, type: field.literal('amendRejected') }),
  stateSchema({ ...ofOrder, type: field.literal('expired') }),
  /** Nobody knows what became of it: neither success nor failure, until another report tells. */
  stateSchema({ ...ofOrder, type: field.literal('unknown') }),
  /** The ids of all orders that worked at the broker at `venueUs`. */
  stateSchema({ ...times, type: field.literal('snapshot'), working: field.list(field.text) }),
])
export type BrokerReport = StateOf<typeof brokerReportSchema>
/** A report about one order. */
export type OrderReport = Exclude<BrokerReport, { readonly type: 'snapshot' }>

type WithoutArrival<Report> = Report extends unknown ? Omit<Report, 'atUs'> : never

/** What a broker says about an order, where it says it. */
export type BrokerAnswer = WithoutArrival<OrderReport>

/** Who is shown the market of an instrument: what everyone sees. */
export interface MarketWatch {
  /** False while a trade can mean nothing to it. */
  readonly watchesTrades: boolean
  /** False while a change of the book can mean nothing to it. */
  readonly watchesBook: boolean
  onTrade(trade: Trade, nowUs: number): void
  /** The book has changed and can be trusted. */
  onBook(nowUs: number): void
}

/**
 * A broker that the core hosts: deterministic, with its state in the core's snapshot.
 *
 * Invariants
 * 1. Commands are idempotent by intent id, and nothing comes back from the call: the answer is a report.
 * 2. Reports are due in the order of their time, then of their sending, however finely time is advanced.
 * 3. The first report of an order is not due before its command plus the lead.
 */
export interface Broker {
  /** Opens trading in an instrument on a live book and its newest quote. Called once for each, also after a restore. */
  list(terms: TradingTerms, book: BookView, touch: Touch): MarketWatch
  /**
   * Takes a command. An order that has ended when its cancellation or amendment arrives gives no second end: its end was one.
   */
  take(command: BrokerCommand, nowUs: number): void
  /** When the next thing is due; Infinity when nothing is under way. */
  nextDueUs(): number
  /** Lets the next thing happen: gives the report that has come, if one has. */
  handleNext(): BrokerReport | undefined
  /** Everything that it needs to go on from here, as its definition's schema has it. */
  snapshot(): unknown
}
