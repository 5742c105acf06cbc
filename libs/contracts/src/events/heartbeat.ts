import { Type } from '@sinclair/typebox'
import { defineEvent, type EventOf } from '../define-event.ts'
import { effectUs, exampleUs, text, timeUs } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const heartbeat = defineEvent({
  tag: 'heartbeat',
  version: 1,
  wireNumber: 28,
  doc: 'Travels from source to fill through all planes. Not part of any hash.',
  schema: {
    effectUs,
    stage: text('the stage that passed it on'),
    originUs: timeUs('wall time at which the source sent it'),
    speed: Type.Optional(
      Type.Number({
        minimum: 0,
        description:
          "where the data plane plays a market: market seconds a second, 0 as fast as it goes; absent where market time is the clock's",
      }),
    ),
  },
  topic: topics.heartbeats,
  key: ({ stage }) => stage,
  rank: rank.data,
  example: {
    effectUs: exampleUs,
    stage: 'feed',
    originUs: exampleUs,
  },
})
export type Heartbeat = EventOf<typeof heartbeat>
