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
  doc: 'A kill switch was tripped, re-armed or released by itself.',
  schema: {
    switchType: oneOf(switchTypes, 'which switch'),
    effectUs,
    active: Type.Boolean({ description: 'true: tripped; false: re-armed or released' }),
    value: real('what was measured when it changed'),
    limit: real('what it was compared with'),
    why: text('one sentence'),
    isSelfReleased: Type.Optional(
      Type.Boolean({
        description: 'true: released by itself, for its cause is gone; absent: tripped, or re-armed by an operator',
      }),
    ),
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
