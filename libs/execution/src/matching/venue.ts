import type { BrokerReject, OrderIntent } from '@triplane/contracts'
import type { Approved } from '../risk/risk-gate.ts'

/** Which order to cancel. */
export interface CancelRequest {
  readonly intentId: string
  readonly symbol: string
}

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

interface VenueAnswerFields {
  readonly intentId: string
  /** Market time at which it happened at the venue. */
  readonly venueUs: number
}

/** What a venue says about an order. Quantities and money are decimal strings. */
export type VenueAnswer =
  | (VenueAnswerFields & { readonly type: 'acknowledged' })
  | (VenueAnswerFields & { readonly type: 'rejected'; readonly reason: BrokerReject })
  | (VenueAnswerFields & {
      readonly type: 'filled'
      readonly fillId: string
      readonly quantity: string
      readonly price: string
      /** Quote currency; negative is a rebate. */
      readonly fee: string
      readonly liquidity: 'maker' | 'taker'
    })
  | (VenueAnswerFields & {
      readonly type: 'cancelled'
      /** Absent when we asked for it. */
      readonly reason?: 'immediate_or_cancel'
    })

/** An answer with the market time at which it reaches us. */
export type VenueReply = VenueAnswer & { readonly atUs: number }
