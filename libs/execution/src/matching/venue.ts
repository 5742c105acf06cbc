import { brokerRejects, field, stateSchema, type OrderIntent, type StateOf } from '@triplane/contracts'
import type { Approved } from '../risk/risk-gate.ts'

/** Which order to cancel. */
export const cancelRequestSchema = stateSchema({ intentId: field.text, symbol: field.text })
export type CancelRequest = StateOf<typeof cancelRequestSchema>

/**
 * Where approved orders go. Nothing comes back from the calls: the paper venue answers through its agenda, an external
 * venue by input events. Both are idempotent by intent id.
 */
export interface Venue {
  /** Sends one order. Takes `Approved`, so an order that risk has not seen does not compile. */
  submit(order: Approved<OrderIntent>, nowUs: number): void
  /** Asks for the cancellation of an order. An order that has ended by then gives no second answer: its end was one. */
  cancel(request: CancelRequest, nowUs: number): void
}

/** What every reply says. `venueUs` is the market time at which it happened at the venue, `atUs` that at which it reaches us. */
const replyFields = { intentId: field.text, venueUs: field.timeUs, atUs: field.timeUs }

/** A venue's word on an order with the market time at which it reaches us. Quantities and money are decimal strings. */
export const venueReplySchema = field.either([
  stateSchema({ ...replyFields, type: field.literal('acknowledged') }),
  stateSchema({ ...replyFields, type: field.literal('rejected'), reason: field.oneOf(brokerRejects) }),
  stateSchema({
    ...replyFields,
    type: field.literal('filled'),
    /** The order as it was sent: the fill can be booked when nobody remembers its order any more. */
    order: field.event('orderIntent'),
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
    ...replyFields,
    type: field.literal('cancelled'),
    /** Null when we asked for it. */
    reason: field.orNull(field.literal('immediate_or_cancel')),
  }),
])
export type VenueReply = StateOf<typeof venueReplySchema>

type WithoutArrival<Reply> = Reply extends unknown ? Omit<Reply, 'atUs'> : never

/** What a venue says about an order, where it says it. */
export type VenueAnswer = WithoutArrival<VenueReply>
