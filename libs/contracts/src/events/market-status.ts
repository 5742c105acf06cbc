import { Type } from '@sinclair/typebox'
import { marketStatuses } from '../codes.ts'
import { defineEvent, type EventOf } from '../define-event.ts'
import { code, decimal, exampleMarket, label, marketFields, ofProducer, text } from '../fields.ts'
import { rank } from '../input-order.ts'
import { venueOf, type InstrumentId } from '../instrument-id.ts'
import { topics } from '../topics.ts'

export const marketStatus = defineEvent({
  tag: 'marketStatus',
  version: 2,
  wireNumber: 9,
  doc: 'Connection, gaps, staleness and the validity of a book. Without an instrument it is about every instrument of the venue that the source feeds.',
  schema: {
    source: marketFields.source,
    venue: Type.Optional(label('id of the venue, where it is about no one instrument')),
    instrument: Type.Optional(marketFields.instrument),
    tsRecvUs: marketFields.tsRecvUs,
    status: code(marketStatuses, 'what happened'),
    reason: Type.Optional(text('why, a short code')),
    missing: Type.Optional(Type.Integer({ description: 'for a gap: how many ids are missing' })),
    tickSize: Type.Optional(decimal('for steps_known: the price step from now on')),
    lotSize: Type.Optional(decimal('for steps_known: the quantity step from now on')),
    minNotional: Type.Optional(decimal('for steps_known: the smallest order value from now on, quote currency')),
  },
  topic: topics.market,
  key: ofProducer,
  rank: rank.data,
  example: {
    ...exampleMarket,
    status: 'gap',
    reason: 'update_id',
    missing: 3,
  },
})
export type MarketStatus = EventOf<typeof marketStatus>

/** Whether a status is about an instrument. `source` feeds the instrument; undefined while it has no events. */
export function isAbout(
  status: Pick<MarketStatus, 'source' | 'venue' | 'instrument'>,
  instrument: InstrumentId,
  source: string | undefined,
): boolean {
  if (status.instrument !== undefined) return status.instrument === instrument
  return status.source === source && (status.venue === undefined || status.venue === venueOf(instrument))
}

/** True for a gap in books or quotes; missing trades are not one. */
export function isBookGap({ status, reason }: MarketStatus): boolean {
  return status === 'gap' && reason !== 'trade_id'
}
