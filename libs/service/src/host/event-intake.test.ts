import { topics, type Event, type Topic } from '@triplane/contracts'
import type { BusRecord } from '@triplane/messaging'
import { aFill, aHeartbeat, aKillSwitch, anOperatorCommand, aQuote, aTrade, testStartUs } from '@triplane/testing'
import { EventIntake } from './event-intake.ts'
import { HighWaterMarks } from './high-water-marks.ts'
import { TakenHalts } from './taken-halts.ts'

const T = testStartUs
const SECOND = 1_000_000

/** An intake that hears trades and kill switches, and what became of what it was given. */
function intake(marks = new HighWaterMarks(), marketUs?: number) {
  const inputs: Event[] = []
  const beats: string[] = []
  const taken = new EventIntake(
    {
      run: { runId: 'run1', account: 'desk' },
      inputTypes: new Set<Event['type']>(['trade', 'killSwitch', 'fill', 'operatorCommand']),
      inputs: { push: (_producer, event) => void inputs.push(event) },
      marks,
      halts: new TakenHalts(),
      boundUs: () => T + SECOND,
      onHeartbeat: ({ stage }) => beats.push(stage),
    },
    marketUs,
  )
  const accept = (events: readonly Event[], more: Partial<BusRecord<unknown>> = {}, topic: Topic = topics.market) =>
    taken.accept(
      { topic, key: 'BTC', runId: 'run1', producer: 'data-plane', tsSentUs: T, ...more } as BusRecord<unknown>,
      events,
    )
  return { taken, inputs, beats, marks, accept }
}

describe('what comes to a plane', () => {
  it('waits in input order when the core hears it, and is passed over when it does not', () => {
    const { inputs, accept, marks } = intake()
    accept([aTrade({ seq: 1 }), aQuote({ seq: 2 })])
    expect(inputs.length).toBe(1)
    expect(marks.of('data-plane', topics.market.name, 'BTC')).toBe(1)
  })

  it('is dropped and counted where its producer has passed it, within topic and key only', () => {
    const { taken, inputs, accept } = intake()
    accept([aTrade({ seq: 5 })])
    accept([aTrade({ seq: 4 }), aTrade({ seq: 5 }), aTrade({ seq: 6 })])
    expect([inputs.length, taken.counts.duplicates]).toEqual([2, 2])
    accept([aTrade({ seq: 5 })], { key: 'ETH' })
    accept([aTrade({ seq: 5 })], { producer: 'data-plane.kraken' })
    accept([aFill({ seq: 5 })], {}, topics.fills)
    expect([inputs.length, taken.counts.duplicates]).toEqual([5, 2])
  })

  it('is another run’s, and counted, unless it is the manual switch of the account', () => {
    const { taken, inputs, accept } = intake()
    accept([aTrade({ seq: 1 })], { runId: 'run0' })
    accept([aKillSwitch({ seq: 1, switchType: 'pnl' })], { runId: 'run0', key: 'desk/manual' }, topics.killSwitch)
    accept([aKillSwitch({ seq: 1, switchType: 'manual' })], { runId: 'run0', key: 'other/manual' }, topics.killSwitch)
    expect([inputs.length, taken.counts.foreign]).toEqual([0, 3])
    accept([aKillSwitch({ seq: 1, switchType: 'manual' })], { runId: 'run0', key: 'desk/manual' }, topics.killSwitch)
    expect([inputs.length, taken.counts.foreign]).toEqual([1, 3])
  })

  it('is the manual switch that this run re-arms, however far the run before had counted', () => {
    const { taken, inputs, accept } = intake()
    const manual = { producer: 'strategy-plane', key: 'desk/manual' }
    accept([aKillSwitch({ seq: 400, switchType: 'manual' })], { ...manual, runId: 'run0' }, topics.killSwitch)
    accept([aKillSwitch({ seq: 7, switchType: 'manual', active: false })], manual, topics.killSwitch)
    accept([aKillSwitch({ seq: 7, switchType: 'manual', active: false })], manual, topics.killSwitch)
    expect([inputs.length, taken.counts.duplicates]).toEqual([2, 1])
  })

  it('goes to the host when it is a heartbeat, however often it comes', () => {
    const { taken, inputs, beats, accept } = intake()
    accept([aHeartbeat({ seq: 1, stage: 'strategy' })], {}, topics.heartbeats)
    accept([aHeartbeat({ seq: 1, stage: 'strategy' })], {}, topics.heartbeats)
    expect([beats, inputs.length, taken.counts.duplicates]).toEqual([['strategy', 'strategy'], 0, 0])
  })
})

describe('market time', () => {
  it('is that of market data and of the heartbeats of data planes, and never falls', () => {
    const { taken, accept } = intake()
    expect(taken.marketUs).toBe(0)
    accept([aTrade({ seq: 1, tsRecvUs: T })])
    expect(taken.marketUs).toBe(T)
    accept([aHeartbeat({ stage: 'data', effectUs: T + SECOND })], {}, topics.heartbeats)
    expect(taken.marketUs).toBe(T + SECOND)
    accept([aTrade({ seq: 2, tsRecvUs: T + 1 })])
    expect(taken.marketUs).toBe(T + SECOND)
  })

  it('is not what the others say, whose clock may be their own', () => {
    const { taken, accept } = intake(undefined, T)
    accept([aHeartbeat({ stage: 'strategy', effectUs: T + SECOND })], {}, topics.heartbeats)
    accept([aFill({ seq: 1, effectUs: T + SECOND })], { producer: 'order-plane' }, topics.fills)
    expect(taken.marketUs).toBe(T)
  })

  it('has the wall time at which its data was sent, not that of a duplicate', () => {
    const { taken, accept } = intake()
    accept([aTrade({ seq: 1, tsRecvUs: T }), aTrade({ seq: 2, tsRecvUs: T + 10 })], { tsSentUs: T + 500 })
    accept([aTrade({ seq: 1, tsRecvUs: T })], { tsSentUs: T + 900 })
    expect(taken.origins.sentUsOf(T + 5)).toBe(T + 500)
    expect(taken.origins.sentUsOf(T + 11)).toBeUndefined()
  })
})

describe('a halt or a reduce', () => {
  const yearUs = 365 * 86_400 * SECOND
  const own = { producer: 'order-plane.edge', key: 'desk' }

  it.each([
    ['of another run', { ...own, runId: 'run0' }, { seq: 90, effectUs: T }],
    ['below the mark of its producer', own, { seq: 1, effectUs: T }],
    ['with the last sequence there is', own, { seq: Number.MAX_SAFE_INTEGER, effectUs: T }],
    ['a year ahead', own, { seq: 90, effectUs: T + yearUs }],
    ['a year behind', own, { seq: 90, effectUs: T - yearUs }],
    ['of nobody', { producer: 'poison', key: 'nothing' }, { seq: 90, effectUs: T }],
    ['among the commands', own, { seq: 90, effectUs: T }, topics.commands],
  ])('is taken at the time of its reader: %s', (_, record, fields, topic: Topic = topics.halts) => {
    const { taken, inputs, accept } = intake()
    accept([anOperatorCommand({ seq: 50, command: 'resume' })], own, topics.commands)
    const command = anOperatorCommand({ ...fields, command: 'halt' })
    accept([command], record, topic)
    expect(inputs.slice(1)).toEqual([{ ...command, effectUs: T + SECOND }])
    expect(taken.counts).toEqual({ duplicates: 0, foreign: 0 })
    // Nothing of what its writer says in future is below it.
    accept([anOperatorCommand({ seq: 51, command: 'resume' })], own, topics.commands)
    expect(inputs).toHaveLength(3)
  })

  it('changes nothing when it comes again, though others came in between', () => {
    const { taken, inputs, accept } = intake()
    const halt = anOperatorCommand({ seq: 7, command: 'halt' })
    accept([halt], own, topics.halts)
    accept([anOperatorCommand({ seq: 8, command: 'resume' })], own, topics.commands)
    accept([halt], own, topics.halts)
    expect([inputs.length, taken.counts.duplicates]).toEqual([2, 1])
    accept([{ ...halt, command: 'reduce' }], own, topics.halts)
    expect(inputs).toHaveLength(3)
  })
})
