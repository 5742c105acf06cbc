import type { Static } from '@sinclair/typebox'
import { operatorCommands } from '../codes.ts'
import { effectUs, eventSchema, oneOf, text } from '../fields.ts'

export const operatorCommandSchema = eventSchema(
  'operatorCommand',
  {
    effectUs,
    command: oneOf(operatorCommands, 'halt and reduce act at once; resume and rearm undo them'),
    who: text('name of the operator'),
    why: text('reason given'),
  },
  'What an operator ordered.',
)
export type OperatorCommand = Readonly<Static<typeof operatorCommandSchema>>
