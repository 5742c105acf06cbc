import { Type, type Static } from '@sinclair/typebox'
import { runModes } from '../codes.ts'
import { effectUs, eventSchema, oneOf, text, timeUs } from '../fields.ts'

export const runSchema = eventSchema(
  'run',
  {
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
    positions: Type.Array(Type.Object({ topic: text('topic'), partition: Type.Integer(), offset: Type.Integer() }), {
      description: 'ends of the partitions when it was started: all its records lie behind them',
    }),
    who: text('who started it'),
  },
  'A run was started. The newest record is the current run.',
)
export type Run = Readonly<Static<typeof runSchema>>
