import { field, instrumentId, stateSchema, type Signal } from '@triplane/contracts'
import { configuredRates } from '@triplane/instruments'
import { aMark, aMarketStatus, anInstrument, aQuote, aTrade, testStartUs } from '@triplane/testing'
import { z } from 'zod'
import { defineStrategy } from '../../strategy/test/define-strategy.ts'
import { strategyConfigOf } from './config.ts'
import { createStrategyCore } from './pipeline.ts'

const btc = anInstrument()
const index = anInstrument({ symbol: 'VIX', venueSymbol: 'VIX', kind: 'index' })

/** Follows the aggressor, more strongly the larger the trade; counts events and holes. */
const follower = (name: string, events: readonly ('quote' | 'trade')[]) =>
  defineStrategy({
    ...{ name, doc: 'Follows aggressors.', parameters: z.strictObject({}).prefault({}), inputs: { events } },
    state: stateSchema({ heard: field.count, holes: field.count }),
    create(_context, saved = { heard: 0, holes: 0 }) {
      let { heard, holes } = saved
      return {
        on(event) {
          heard++
          if (event.type !== 'trade' || event.instrument !== instrumentId(btc)) return []
          const strength = (event.aggressor === 'buy' ? 1 : -1) * Math.min(1, event.size)
          return [{ type: 'opinion', instrument: event.instrument, strength }]
        },
        onHole() {
          holes++
          return []
        },
        snapshot: () => ({ heard, holes }),
      }
    },
  })

const strategies = [follower('TAPE', ['trade']), follower('DEAF', ['quote'])]

/** A core with both strategies in a quoted market; `take` gives the new signals. */
function openPlane() {
  const config = strategyConfigOf(strategies).parse({ strategies: ['TAPE', 'DEAF'] })
  const core = createStrategyCore(config, {
    instruments: [btc],
    rates: configuredRates(config.ratesToUsd),
    quoted: [index],
    isSessionOpen: () => true,
    strategies,
  })
  let seq = 0
  const take = (event: Parameters<typeof core.process>[0]) => {
    core.process({ ...event, seq: ++seq })
    const signals = core.outbox.drain().filter((output): output is Signal => output.type === 'signal')
    return signals.map(({ strategy, strength }) => `${strategy} ${strength}`)
  }
  take(aMarketStatus({ tsRecvUs: testStartUs, status: 'book_valid' }))
  take(aMark({ tsRecvUs: testStartUs, price: 100 }))
  take(aQuote({ tsRecvUs: testStartUs, bid: 100, ask: 100.1 }))
  const counted = (what: 'heard' | 'holes') =>
    core.snapshot().strategies.map(({ name, state }) => `${name} ${(state as Record<typeof what, number>)[what]}`)
  return { take, heard: () => counted('heard'), holes: () => counted('holes') }
}

describe('a strategy that hears trades', () => {
  it('is given each one, and another that does not is not', () => {
    const { take, heard } = openPlane()
    const bought = aTrade({ instrument: instrumentId(btc), tsRecvUs: testStartUs + 1000, aggressor: 'buy', size: 0.5 })
    expect(take(bought)).toEqual(['TAPE 0.5'])
    expect(take({ ...bought, tsRecvUs: testStartUs + 2000, aggressor: 'sell', size: 2 })).toEqual(['TAPE -1'])
    expect(heard()).toEqual(['TAPE 2', 'DEAF 1'])
  })

  it('is given none of a market that is late', () => {
    const { take, heard } = openPlane()
    take(aMarketStatus({ tsRecvUs: testStartUs + 500, status: 'late', instrument: instrumentId(btc) }))
    expect(take(aTrade({ tsRecvUs: testStartUs + 1000, aggressor: 'buy' }))).toEqual([])
    expect(heard()).toEqual(['TAPE 0', 'DEAF 1'])
  })

  it('is given those of what is only quoted', () => {
    const { take, heard } = openPlane()
    take(aTrade({ instrument: instrumentId(index), tsRecvUs: testStartUs + 1000 }))
    expect(heard()).toEqual(['TAPE 1', 'DEAF 1'])
  })

  it.each([
    { gap: 'trade_id', want: ['TAPE 1', 'DEAF 0'] },
    { gap: 'update_id', want: ['TAPE 1', 'DEAF 1'] },
  ])('is told of a gap by $gap, another of one that is not in trades alone', ({ gap, want }) => {
    for (const instrument of [btc, index]) {
      const { take, holes } = openPlane()
      take(
        aMarketStatus({ tsRecvUs: testStartUs + 10, status: 'gap', reason: gap, instrument: instrumentId(instrument) }),
      )
      expect(holes()).toEqual(want)
    }
  })
})
