import { Type } from '@sinclair/typebox'
import { switchTypes } from '../codes.ts'
import { defineEvent, type EventOf } from '../define-event.ts'
import { effectUs, exampleUs, oneOf, real, text } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const killSwitch = defineEvent({
  tag: 'killSwitch',
  version: 1,
  wireNumber: 21,
  doc: 'A kill switch was tripped or re-armed.',
  schema: {
    switchType: oneOf(switchTypes, 'which switch'),
    effectUs,
    active: Type.Boolean({ description: 'true: tripped and latched; false: re-armed' }),
    value: real('what was measured when it changed'),
    limit: real('what it was compared with'),
    why: text('one sentence'),
  },
  topic: topics.killSwitch,
  key: ({ switchType }, account) => `${account}/${switchType}`,
  rank: rank.strategy,
  example: {
    switchType: 'drawdown',
    effectUs: exampleUs,
    active: true,
    value: 0.021,
    limit: 0.02,
    why: 'Drawdown 2.1 % is beyond the limit of 2 %',
  },
})
export type KillSwitch = EventOf<typeof killSwitch>
