import { Type } from '@sinclair/typebox'
import { runModes } from '../codes.ts'
import { defineEvent, type EventOf } from '../define-event.ts'
import { effectUs, exampleUs, oneOf, text, timeUs } from '../fields.ts'
import { rank } from '../input-order.ts'
import { instanceName } from '../plane-name.ts'
import { topics } from '../topics.ts'

export const run = defineEvent({
  tag: 'run',
  version: 1,
  wireNumber: 26,
  doc: 'A run was started. The newest record is the current run.',
  schema: {
    effectUs,
    runId: text('identity of the run'),
    mode: oneOf(runModes, 'whether the planes wait for each other'),
    account: text('sim-<runId> for simulations and replays'),
    startedAtUs: timeUs('wall time'),
    seed: Type.Optional(Type.Integer({ minimum: 0, description: 'of the simulated market' })),
    startUs: Type.Optional(timeUs('market time at which the simulated market starts')),
    scenario: Type.Optional(text('what the simulated market does')),
    sessions: Type.Optional(oneOf(['always', 'real'], 'simulated sessions: always open, or real exchange hours')),
    venues: Type.Array(text('venue and product'), { minItems: 1, description: 'whose instruments the run trades' }),
    dataPlanes: Type.Optional(
      Type.Array(
        Type.Object({
          instance: text('name of the instance'),
          venues: Type.Array(text('venue and product'), { minItems: 1 }),
        }),
        { minItems: 1, description: 'the data planes and the venues of each; absent: one has them all' },
      ),
    ),
    positions: Type.Array(Type.Object({ topic: text('topic'), partition: Type.Integer(), offset: Type.Integer() }), {
      description: 'ends of the partitions when it was started: all its records lie behind them',
    }),
    who: text('who started it'),
  },
  topic: topics.runs,
  key: ({ runId }) => runId,
  rank: rank.command,
  example: {
    effectUs: exampleUs,
    runId: '0a1b2c3d',
    mode: 'live',
    account: 'sim-0a1b2c3d',
    startedAtUs: exampleUs,
    seed: 7,
    startUs: exampleUs,
    scenario: 'calm',
    sessions: 'always',
    venues: ['sim'],
    positions: [{ topic: 'market.trades.v1', partition: 0, offset: 12 }],
    who: 'ada',
  },
})
export type Run = EventOf<typeof run>

/** The producer names of a run's market data: its data planes. */
export function sourcesOf({ dataPlanes = [] }: Pick<Run, 'dataPlanes'>): readonly string[] {
  if (dataPlanes.length === 0) return [instanceName('data-plane', undefined)]
  return dataPlanes.map(({ instance }) => instanceName('data-plane', instance))
}

/** Whether the run trades no real venue: the simulated one only. */
export function isSimulated({ venues }: Pick<Run, 'venues'>): boolean {
  return venues.every((venue) => venue === 'sim')
}
