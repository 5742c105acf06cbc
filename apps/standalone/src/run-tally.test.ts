import type { Bar, Event } from '@triplane/contracts'
import {
  aBar,
  aBookDelta,
  aBookSnapshot,
  aDeadLetter,
  aFill,
  aHeartbeat,
  aKillSwitch,
  aMarketStatus,
  anOfi,
  anOrderEvent,
  anOrderIntent,
  aQuote,
  aSignal,
  aTrade,
  testStartUs,
} from '@triplane/testing'
import { RunTally, type RunTallySnapshot } from './run-tally.ts'

function tallyOf(...events: readonly Event[]): RunTally {
  const tally = new RunTally()
  for (const event of events) tally.observe(event)
  return tally
}

const submittedAt = (seconds: number) => anOrderEvent({ state: 'submitted', tsStateUs: testStartUs + seconds * 1e6 })
const killSwitchAt = (seconds: number, fields: Parameters<typeof aKillSwitch>[0]) =>
  aKillSwitch({ effectUs: testStartUs + seconds * 1e6, ...fields })

describe('RunTally', () => {
  it('counts emitted events, bars when closed', () => {
    const { counted: state } = tallyOf(
      ...[aTrade(), aTrade(), aQuote(), aBookDelta(), aBookSnapshot(), anOfi(), aSignal(), anOrderIntent(), aFill()],
      ...[aBar(), aBar({ closed: false }), aBar({ origin: 'venue' }), aDeadLetter(), aHeartbeat()],
    )
    expect(state.events).toEqual({
      ...{ trade: 2, quote: 1, bookDelta: 1, bookSnapshot: 1, bar: 2, ofi: 1, signal: 1, orderIntent: 1, fill: 1 },
    })
  })

  it('counts gaps and invalid books, and no other status', () => {
    const { counted: state } = tallyOf(
      ...(['gap', 'gap', 'book_invalid', 'book_valid', 'stale', 'connected'] as const).map((status) =>
        aMarketStatus({ status }),
      ),
    )
    expect([state.gaps, state.invalidBooks]).toEqual([2, 1])
  })

  it('keeps the bars built from trades, the one in progress last', () => {
    const tally = tallyOf(aBar(), aBar({ origin: 'venue', timeframe: '5m' }), aBar({ instrument: 'SPY@sim' }))
    const forming = {
      openTimeUs: 5,
      open: 1,
      high: 1,
      low: 1,
      close: 1,
      volume: 1,
      trades: 1,
      closed: false,
      incomplete: true,
    }
    const bars = tally.barsWith((_, timeframe) => (timeframe === '1m' ? forming : undefined), ['BTC/USDT@sim'])
    expect(Object.keys(bars)).toEqual(['BTC/USDT@sim'])
    expect(bars['BTC/USDT@sim']).toEqual({
      ...{ '1m': [expect.objectContaining({ openTimeUs: testStartUs, trades: 1751, closed: true }), forming] },
      ...{ '5m': [], '15m': [], '1h': [], '1d': [] },
    })
  })

  it('replaces revised bars, and inserts new ones in order', () => {
    const at = (minute: number, fields: Partial<Bar> = {}) =>
      aBar({ openTimeUs: testStartUs + minute * 60e6, ...fields })
    const tally = tallyOf(
      ...[at(0), at(1), at(3), at(1, { trades: 9, incomplete: true, revised: true }), at(2, { revised: true }), at(4)],
    )
    const minutes = tally.barsWith(() => undefined, ['BTC/USDT@sim'])['BTC/USDT@sim']?.['1m'] ?? []
    expect(minutes.map(({ openTimeUs }) => (openTimeUs - testStartUs) / 60e6)).toEqual([0, 1, 2, 3, 4])
    expect(minutes.map(({ incomplete }) => incomplete)).toEqual([false, true, false, false, false])
    expect(minutes[1]?.trades).toBe(9)
  })

  it('keeps the last sum of each OFI interval', () => {
    const { counted: state } = tallyOf(
      anOfi({ intervalStartUs: 10, intervalValue: 1 }),
      anOfi({ intervalStartUs: 10, intervalValue: 3 }),
      anOfi({ intervalStartUs: 10, intervalValue: 9, instrument: 'SPY@sim' }),
      anOfi({ intervalStartUs: 20, intervalValue: -2 }),
    )
    expect(state.ofi).toEqual({
      'BTC/USDT@sim': [
        { startUs: 10, value: 3 },
        { startUs: 20, value: -2 },
      ],
      'SPY@sim': [{ startUs: 10, value: 9 }],
    })
  })

  it.each([
    ['costs', [0.5, 2, -1], 2],
    ['gains only', [-3, -1, -2], -1],
    ['no fill', [], 0],
  ])('finds the worst slippage among %s', (_, slippages, worst) => {
    const { counted: state } = tallyOf(
      ...slippages.map((slippageBps) => aFill({ slippageBps, status: 'PARTIAL_FILL' })),
    )
    expect(state.slippageBpsWorst).toBe(worst)
    expect(state.partialFills).toBe(slippages.length)
    expect(state.slippageBpsSum).toBe(slippages.reduce((sum, bps) => sum + bps, 0))
  })

  it('counts denials by code and states by entry', () => {
    const { counted: state } = tallyOf(
      anOrderEvent({ state: 'denied', reason: 'price_collar' }),
      anOrderEvent({ state: 'denied', reason: 'price_collar' }),
      anOrderEvent({ state: 'filled' }),
    )
    expect([state.states.denied, state.states.filled, state.states.unknown]).toEqual([2, 1, 0])
    expect([state.denied.price_collar, state.denied.kill_switch]).toEqual([2, 0])
  })

  it.each([
    ['before and at the trip', [submittedAt(4), killSwitchAt(5, {}), submittedAt(5)], 0],
    ['after it', [killSwitchAt(5, {}), submittedAt(6), submittedAt(7)], 2],
    ['after it was re-armed', [killSwitchAt(5, {}), killSwitchAt(6, { active: false }), submittedAt(7)], 0],
    [
      'after one of two was re-armed',
      [
        killSwitchAt(5, {}),
        killSwitchAt(6, { switchType: 'manual' }),
        killSwitchAt(7, { switchType: 'manual', active: false }),
        submittedAt(8),
      ],
      1,
    ],
  ])('counts orders sent %s', (_, events, count) => {
    expect(tallyOf(...events).counted.ordersAfterTrip).toBe(count)
  })

  it('counts how often a switch tripped, whatever became of it', () => {
    const events = [killSwitchAt(5, {}), killSwitchAt(6, { active: false }), killSwitchAt(7, {})]
    expect(Object.values(tallyOf(...events).counted.tripped).filter((count) => count > 0)).toEqual([2])
  })

  it('continues from its state as JSON', () => {
    const events = [aTrade(), aBar(), anOfi(), killSwitchAt(5, {}), submittedAt(6), aFill()]
    const again = new RunTally(JSON.parse(JSON.stringify(tallyOf(...events).snapshot())) as RunTallySnapshot)
    for (const event of events) again.observe(event)
    expect(again.counted).toEqual(tallyOf(...events, ...events).counted)
  })
})
