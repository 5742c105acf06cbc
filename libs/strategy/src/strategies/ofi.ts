import { field, instrumentId, stateSchema } from '@triplane/contracts'
import { z } from 'zod'
import { OfiSignal, ofiSignalSchema } from '../signals/ofi-signal.ts'
import { defineStrategy } from './define-strategy.ts'
import { unchanged } from './strategy.ts'

const ms = (byDefault: number, least = 1) => z.number().int().min(least).max(86_400_000).default(byDefault)

export const ofi = defineStrategy({
  name: 'OFI',
  doc: 'Follows the order-flow imbalance at the best prices (Cont, Kukanov and Stoikov 2014).',
  parameters: z
    .strictObject({
      horizonMs: ms(10_000, 100).describe('time constant of the order flow'),
      stepMs: ms(250, 10).describe('how often the strength is worked out at most'),
      deviationHorizonMs: ms(120_000, 1000).describe('time constant of the deviation that flow is compared with'),
      warmUpMs: ms(15_000, 0).describe('no signal before this much data'),
      deadBandDeviations: z.number().min(0).max(10).default(1).describe('flow within so many deviations is no signal'),
      minChange: z.number().gt(0).max(1).default(0.25).describe('smallest change of strength that is said'),
    })
    .refine(({ stepMs, horizonMs }) => stepMs <= horizonMs, 'Expected stepMs to be at most horizonMs')
    .prefault({}),
  inputs: { events: ['ofi'] },
  state: field.list(stateSchema({ instrument: field.text, signal: ofiSignalSchema })),
  eager: (parameters) => ({ ...parameters, stepMs: 10, horizonMs: 100, warmUpMs: 0, deadBandDeviations: 0 }),

  create({ universe, parameters }, saved = []) {
    const savedOf = new Map(saved.map(({ instrument, signal }) => [instrument, signal]))
    const signals = new Map(
      universe.map(instrumentId).map((instrument) => [instrument, new OfiSignal(parameters, savedOf.get(instrument))]),
    )
    return {
      on(event) {
        const signal = event.type === 'ofi' ? signals.get(event.instrument) : undefined
        if (event.type !== 'ofi' || !signal) return unchanged
        // Venue time: a delayed batch is not a burst of flow.
        const hasChanged = signal.update(event.value, event.depth, event.tsEventUs ?? event.tsRecvUs)
        return hasChanged ? [{ type: 'opinion', instrument: event.instrument, strength: signal.strength }] : unchanged
      },

      onHole(instrument) {
        return signals.get(instrument)?.reset() ? [{ type: 'opinion', instrument, strength: 0 }] : unchanged
      },

      snapshot: () => Array.from(signals, ([instrument, signal]) => ({ instrument, signal: signal.snapshot() })),
    }
  },
})
