import { field, instrumentId, stateSchema } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import { createLogger } from '@triplane/logging'

import { defineStrategy } from '../../../strategy/test/define-strategy.ts'
import { strategyConfigOf } from '../../../strategy-core/test/strategy-config.ts'
import {
  anOperatorCommand,
  aPastBar,
  aQuote,
  aTuning,
  readExposition,
  testStartUs,
  anInstrument,
} from '@triplane/testing'
import { z } from 'zod'
import { strategyPlaneOf } from './strategy-plane.ts'

const BTC = anInstrument()
const INDEX = anInstrument({ symbol: 'VIX', venueSymbol: 'VIX', kind: 'index' })

/** Fails at a certain bid size; gives a forbidden opinion on an index. */
const touchy = defineStrategy({
  name: 'TOUCHY',
  doc: 'Fails when a test wants it to.',
  parameters: z.strictObject({ unbearable: z.number().default(7), history: z.int().default(0) }).prefault({}),
  inputs: { events: ['quote'], bars: ['1m'] },
  warmUp: ({ history }) => (history > 0 ? [{ timeframe: '1m', bars: history }] : []),
  state: stateSchema({ heard: field.count }),
  create({ parameters: { unbearable } }, saved) {
    let heard = saved?.heard ?? 0
    return {
      onPastBar: () => undefined,
      on(event) {
        heard++
        if (event.type === 'quote' && event.bidSize === unbearable) throw new Error('too much')
        const { instrument } = event
        return instrument === instrumentId(INDEX) ? [{ type: 'opinion', instrument, strength: 1 }] : []
      },
      snapshot: () => ({ heard }),
    }
  },
})

function openPlane(parameters = {}) {
  const lines: { level: string; message: string }[] = []
  const logger = createLogger({
    service: 'test',
    destination: { write: (line) => void lines.push(JSON.parse(line) as { level: string; message: string }) },
  })
  const strategyPlane = strategyPlaneOf([touchy])
  const metrics = strategyPlane.createMetrics({ instruments: [BTC], source: 'sim', maxSeries: 10_000, logger })
  const plane = strategyPlane.build({
    config: strategyConfigOf([touchy]).parse({ strategies: ['TOUCHY'], touchy: parameters }),
    instruments: [BTC],
    rates: configuredRates({ [BTC.quote]: '1' }),
    quoted: [INDEX],
    isSessionOpen: () => true,
    metrics,
    logger,
  })
  let seq = 0
  const at = (ms: number) => testStartUs + ms * 1000
  return {
    lines,
    inputTypes: plane.inputTypes,
    pastBar: (minute: number) =>
      plane.core.process(aPastBar({ seq: ++seq, tsRecvUs: at(0), openTimeUs: at(minute * 60_000) })),
    quote: (ms: number, bidSize: number) => plane.core.process(aQuote({ seq: ++seq, tsRecvUs: at(ms), bidSize })),
    quoteIndex: (ms: number) =>
      plane.core.process(aQuote({ seq: ++seq, instrument: instrumentId(INDEX), tsRecvUs: at(ms) })),
    tune: (ms: number, strategy: string, parameters: string) =>
      plane.core.process(aTuning({ seq: ++seq, effectUs: at(ms), strategy, parameters })),
    rearm: (ms: number) => plane.core.process(anOperatorCommand({ seq: ++seq, effectUs: at(ms), command: 'rearm' })),
    /** The non-zero samples of a family. */
    async found(family: string, label: string): Promise<string[]> {
      const samples = readExposition(await metrics.expose()).find(({ name }) => name === family)?.samples ?? []
      return samples.flatMap(({ labels, value }) => (value === 0 ? [] : [`${labels[label]} ${value}`]))
    },
    shown: () =>
      strategyPlane
        .views(
          () => plane.core,
          () => at(0),
        )
        ['strategies']?.(),
  }
}

it('hears what operators tune', () => {
  expect(openPlane().inputTypes.has('tuning')).toBe(true)
})

it('exports that a strategy is suspended, logs why once, and shows it until it is re-armed', async () => {
  const plane = openPlane()
  plane.quote(10, 1)
  expect(await plane.found('strategy_suspended', 'reason')).toEqual([])
  plane.quote(20, 7)
  plane.quote(30, 7)
  expect(await plane.found('strategy_suspended', 'reason')).toEqual(['error 1'])
  const errors = plane.lines.filter(({ message }) => message.startsWith('A strategy is suspended'))
  expect(errors).toMatchObject([{ level: 'ERROR', strategy: 'TOUCHY', why: 'too much' }])
  expect(plane.shown()).toEqual([
    { name: 'TOUCHY', parameters: { unbearable: 7, history: 0 }, suspendedWhy: 'too much', warmingUp: [] },
  ])
  plane.tune(40, 'TOUCHY', '{"unbearable":8}')
  plane.rearm(50)
  plane.quote(60, 7)
  expect(await plane.found('strategy_suspended', 'reason')).toEqual([])
  expect(plane.shown()).toEqual([{ name: 'TOUCHY', parameters: { unbearable: 8, history: 0 }, warmingUp: [] }])
})

it('counts what operators tuned in vain, by the reason', async () => {
  const plane = openPlane()
  plane.tune(10, 'TOUCHY', '{"unbearable":"no"}')
  plane.tune(20, 'TOUCHY', '{"unbearable":9,"other":1}')
  plane.tune(30, 'OFI', '{"horizonMs":5000}')
  plane.tune(40, 'TOUCHY', '{"unbearable":9}')
  expect(await plane.found('triplane_stage_refused_total', 'reason')).toEqual([
    'unknown_strategy 1',
    'bad_parameters 2',
  ])
  expect(plane.lines.map(({ level }) => level)).toEqual(['WARNING', 'WARNING', 'WARNING', 'INFO'])
})

it('exports and shows the instruments that a strategy does not trade yet, and logs when it begins and when it ends', async () => {
  const plane = openPlane({ history: 2 })
  const warmingUp = () => plane.found('strategy_warming_up_instruments', 'strategy')
  expect(plane.inputTypes.has('pastBar')).toBe(true)
  expect([await warmingUp(), plane.shown()]).toMatchObject([['TOUCHY 1'], [{ warmingUp: ['BTC/USDT@sim'] }]])
  plane.pastBar(-2)
  expect(await warmingUp()).toEqual(['TOUCHY 1'])
  plane.pastBar(-1)
  expect([await warmingUp(), plane.shown()]).toMatchObject([[], [{ warmingUp: [] }]])
  expect(plane.lines.map(({ level, message }) => [level, message.split(':')[0]])).toEqual([
    ['INFO', 'A strategy is warming up'],
    ['INFO', 'A strategy is warm'],
  ])
})

it('counts what a strategy says of what is only quoted, and logs it once', async () => {
  const plane = openPlane()
  plane.quoteIndex(10)
  plane.quoteIndex(20)
  expect(await plane.found('triplane_stage_refused_total', 'reason')).toEqual(['not_traded 2'])
  expect(await plane.found('strategy_signals_generated_total', 'symbol')).toEqual([])
  expect(plane.lines).toMatchObject([{ level: 'WARNING', strategy: 'TOUCHY', instrument: 'VIX@sim' }])
})
