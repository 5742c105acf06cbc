import fc from 'fast-check'
import { field, instrumentId, stateSchema } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import { aMarketStatus, anInstrument, anOfi, aQuote, aTrade, testStartUs } from '@triplane/testing'
import { z } from 'zod'
import { defineStrategy } from '../../strategy/test/define-strategy.ts'
import { strategyConfigOf } from './config.ts'
import { createStrategyCore } from './pipeline.ts'
import type { StrategyInput, StrategySnapshot } from './strategy-plane-core.ts'

const traded = anInstrument()
const quoted = anInstrument({ symbol: 'VIX', venueSymbol: 'VIX', kind: 'index' })

/** Records its events. */
const tape = defineStrategy({
  ...{ name: 'TAPE', doc: 'Hears trades.', parameters: z.strictObject({}).prefault({}), inputs: { events: ['trade'] } },
  state: stateSchema({ heard: field.list(field.text) }),
  create(_context, saved) {
    const heard = [...(saved?.heard ?? [])]
    return {
      on(event) {
        heard.push(`${event.type} ${event.instrument} ${event.seq}`)
        return []
      },
      onHole(instrument) {
        heard.push(`hole ${instrument}`)
        return []
      },
      snapshot: () => ({ heard }),
    }
  },
})
const config = strategyConfigOf([tape]).parse({ strategies: ['TAPE'] })
const rates = configuredRates(config.ratesToUsd)
const deps = { instruments: [traded], quoted: [quoted], rates, isSessionOpen: () => true, strategies: [tape] }

const kinds = ['trade', 'quote', 'ofi', 'late', 'on_time', 'trade_gap'] as const
const stepsOf = fc.array(
  fc.record({
    kind: fc.oneof({ weight: 6, arbitrary: fc.constant('trade' as const) }, fc.constantFrom(...kinds)),
    instrument: fc.constantFrom(traded, quoted).map(instrumentId),
    afterMs: fc.integer({ min: 0, max: 900 }),
    isRestored: fc.boolean(),
  }),
  { minLength: 10, maxLength: 60 },
)
type Step = ReturnType<typeof stepsOf.generate>['value'][number]

function inputOf({ kind, instrument }: Step, seq: number, tsRecvUs: number): StrategyInput {
  const of = { seq, instrument, tsRecvUs }
  switch (kind) {
    case 'trade':
      return aTrade(of)
    case 'quote':
      return aQuote(of)
    case 'ofi':
      return anOfi(of)
    case 'trade_gap':
      return aMarketStatus({ ...of, status: 'gap', reason: 'trade_id' })
    default:
      return aMarketStatus({ ...of, status: kind })
  }
}

it('a strategy that hears trades is given each of an instrument that is on time, and each hole, in order, across restores', () => {
  let heardInAll = 0
  fc.assert(
    fc.property(stepsOf, (steps) => {
      const late = new Set<string>()
      const want: string[] = []
      let core = createStrategyCore(config, deps)
      let nowUs = testStartUs
      for (const [i, step] of steps.entries()) {
        const { kind, instrument, afterMs, isRestored } = step
        nowUs += afterMs * 1000
        if (kind === 'late') late.add(instrument)
        if (kind === 'on_time') late.delete(instrument)
        if (kind === 'late' || kind === 'trade_gap') want.push(`hole ${instrument}`)
        if (kind === 'trade' && !late.has(instrument)) want.push(`trade ${instrument} ${i + 1}`)
        if (isRestored)
          core = createStrategyCore(config, deps, JSON.parse(JSON.stringify(core.snapshot())) as StrategySnapshot)
        core.process(inputOf(step, i + 1, nowUs))
        core.outbox.drain()
      }
      const [saved] = core.snapshot().strategies
      expect(saved?.state).toEqual({ heard: want })
      heardInAll += want.length
    }),
    { numRuns: 100 },
  )
  expect(heardInAll).toBeGreaterThan(500)
})
