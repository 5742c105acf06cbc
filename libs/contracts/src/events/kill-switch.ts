import { Type, type Static } from '@sinclair/typebox'
import { switchTypes } from '../codes.ts'
import { effectUs, eventSchema, oneOf, real, text } from '../fields.ts'

export const killSwitchSchema = eventSchema(
  'killSwitch',
  {
    switchType: oneOf(switchTypes, 'which switch'),
    effectUs,
    active: Type.Boolean({ description: 'true: tripped and latched; false: re-armed' }),
    value: real('what was measured when it changed'),
    limit: real('what it was compared with'),
    why: text('one sentence'),
  },
  'A kill switch was tripped or re-armed.',
)
export type KillSwitch = Readonly<Static<typeof killSwitchSchema>>
