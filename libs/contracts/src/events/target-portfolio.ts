import { Type } from '@sinclair/typebox'
import { defineEvent, type EventOf } from '../define-event.ts'
import { effectUs, exampleUs, instrument, label, real } from '../fields.ts'
import { rank } from '../input-order.ts'
import { topics } from '../topics.ts'

export const targetPortfolio = defineEvent({
  tag: 'targetPortfolio',
  version: 2,
  wireNumber: 12,
  doc: 'The positions that we want.',
  schema: {
    effectUs,
    targets: Type.Array(
      Type.Object({
        strategy: label('whose target'),
        instrument,
        notionalUsd: real('signed target, USD'),
      }),
    ),
    grossUsd: real('sum of the absolute targets of the instruments, USD'),
    netUsd: real('sum of targets, USD'),
    scale: real('share of what the signals ask for that the limits leave, 0-1'),
  },
  topic: topics.targets,
  key: (_, account) => account,
  rank: rank.strategy,
  example: {
    effectUs: exampleUs,
    targets: [{ strategy: 'OFI', instrument: 'BTC/USDT@sim', notionalUsd: 20_000 }],
    grossUsd: 20_000,
    netUsd: 20_000,
    scale: 1,
  },
})
export type TargetPortfolio = EventOf<typeof targetPortfolio>
