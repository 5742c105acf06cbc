import { isTightening, operatorCommands } from '../codes.ts'
import { defineEvent, type EventOf } from '../define-event.ts'
import { byOperator, effectUs, exampleUs, oneOf } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const operatorCommand = defineEvent({
  tag: 'operatorCommand',
  version: 1,
  wireNumber: 22,
  doc: 'What an operator ordered.',
  schema: {
    effectUs,
    command: oneOf(
      operatorCommands,
      'halt and reduce act at once; resume and rearm undo them; adopt states the ledger',
    ),
    ...byOperator,
  },
  topic: topics.commands,
  tightening: { topic: topics.halts, isStricter: ({ command }) => isTightening(command) },
  key: (_, account) => account,
  rank: rank.command,
  example: {
    effectUs: exampleUs,
    command: 'halt',
    who: 'ada',
    why: 'exercise',
  },
})
export type OperatorCommand = EventOf<typeof operatorCommand>
