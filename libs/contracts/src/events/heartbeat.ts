import type { Static } from '@sinclair/typebox'
import { effectUs, eventSchema, text, timeUs } from '../fields.ts'

export const heartbeatSchema = eventSchema(
  'heartbeat',
  {
    effectUs,
    stage: text('the stage that passed it on'),
    originUs: timeUs('wall time at which the source sent it'),
  },
  'Travels from source to fill through all planes. Not part of any hash.',
)
export type Heartbeat = Readonly<Static<typeof heartbeatSchema>>
