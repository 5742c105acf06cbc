import fc from 'fast-check'
import { topics, type Event, type Heartbeat, type Run, type Topic } from '@triplane/contracts'
import { US_PER_SECOND } from '@triplane/kernel'
import type { BusRecord } from '@triplane/messaging'
import {
  aFill,
  aHeartbeat,
  aMarketStatus,
  anOperatorCommand,
  anOrderIntent,
  aQuote,
  aRun,
  aTrade,
  testStartUs,
} from '@triplane/testing'
import { HighWaterMarks } from './high-water-marks.ts'
import { judgePlausibility } from './judge-plausibility.ts'
import { MarketBound } from './market-bound.ts'

const T = testStartUs
const SECOND = US_PER_SECOND
const DAY = 86_400 * SECOND
const YEAR = 365 * DAY
const real = { venues: ['binance_spot'], startedAtUs: T }

/** An edge at wall time T, and what it says of records. What it takes it notes, as a host does. */
function edge(of: Partial<Run> = {}, marketUs = 0) {
  const run = aRun({ mode: 'live', venues: ['sim'], startedAtUs: T, startUs: T, ...of })
  const time = { nowUs: T, marketUs }
  const clock = { nowUs: () => time.nowUs, monotonicUs: () => 0 }
  const marks = new HighWaterMarks()
  const bound = new MarketBound({ run, aheadUs: 5 * SECOND, marketUs: () => time.marketUs, clock })
  function judge(events: readonly Event[], more: Partial<BusRecord<unknown>> = {}, topic: Topic = topics.market) {
    const of = { runId: run.runId, producer: 'data-plane', key: 'data-plane', tsSentUs: time.nowUs, ...more }
    const record = { topic, ...of } as BusRecord<unknown>
    const verdict = judgePlausibility(record, events, { run, clock, marks, bound })
    if (verdict) return verdict.code
    bound.note(record, events)
    for (const event of events) {
      if (event.type === 'quote') time.marketUs = Math.max(time.marketUs, event.tsRecvUs)
      marks.set(of.producer, topic.name, of.key, event.seq)
    }
    return 'taken'
  }
  return {
    ...{ time, judge },
    quoteAt: (us: number) => judge([aQuote({ seq: 1, tsRecvUs: us })]),
    beat: (more: Partial<Heartbeat>, producer = 'data-plane.edge') =>
      judge([aHeartbeat({ seq: 1, stage: 'data', originUs: time.nowUs, ...more })], { producer }, topics.heartbeats),
  }
}

describe('market time', () => {
  it.each([
    { of: 'a venue, before a heartbeat', run: real, speed: null, limit: 5 * SECOND },
    { of: 'a venue', run: real, speed: undefined, limit: 5 * SECOND },
    { of: 'a venue of which a forged heartbeat says that it is played', run: real, speed: 0, limit: 5 * SECOND },
    { of: 'a simulated market by the clock', run: {}, speed: undefined, limit: 5 * SECOND },
    { of: 'a simulated market at speed 1', run: {}, speed: 1, limit: 5 * SECOND },
    { of: 'a simulated market at speed 100', run: {}, speed: 100, limit: 500 * SECOND },
    {
      of: 'a simulated market of another year, at speed 2',
      run: { startUs: T + YEAR },
      speed: 2,
      limit: YEAR + 10 * SECOND,
    },
    { of: 'a simulated market as fast as it goes', run: {}, speed: 0, limit: 10 * DAY },
    { of: 'lockstep', run: { mode: 'lockstep' } as const, speed: null, limit: 10 * DAY },
  ])('of $of does not come further', ({ run, speed, limit }) => {
    const { quoteAt, beat } = edge(run)
    if (speed !== null)
      expect(beat({ effectUs: 'startUs' in run ? run.startUs : T, ...(speed !== undefined && { speed }) })).toBe(
        'taken',
      )
    expect(quoteAt(T + limit + 1)).toBe('time_ahead')
    expect(quoteAt(T + limit)).toBe('taken')
  })

  it('goes on from the newest heartbeat at the speed that it tells, however late the plane reads it', () => {
    const { time, quoteAt, beat } = edge({ ...real, startUs: T - YEAR })
    expect(beat({ effectUs: T - YEAR, originUs: T - 60 * SECOND, speed: 10 })).toBe('taken')
    expect(quoteAt(T - YEAR + 650 * SECOND + 1)).toBe('time_ahead')
    expect(quoteAt(T - YEAR + 650 * SECOND)).toBe('taken')
    time.nowUs += SECOND
    expect(quoteAt(T - YEAR + 660 * SECOND)).toBe('taken')
    // One from before it is no news.
    expect(beat({ effectUs: T - 2 * YEAR, originUs: T - 90 * SECOND, speed: 10 })).toBe('taken')
    expect(quoteAt(T - YEAR + 660 * SECOND)).toBe('taken')
  })

  it('of several data planes is that of the one that is furthest', () => {
    const instances = [
      { instance: 'a', venues: ['sim'] },
      { instance: 'b', venues: ['sim'] },
    ]
    const { quoteAt, beat } = edge({ dataPlanes: instances })
    expect(beat({ effectUs: T - DAY, speed: 1 }, 'data-plane.a.edge')).toBe('taken')
    expect(beat({ effectUs: T, speed: 1 }, 'data-plane.b.edge')).toBe('taken')
    expect(beat({ effectUs: T + DAY, speed: 1 }, 'another.edge')).toBe('taken')
    expect([quoteAt(T + 5 * SECOND), quoteAt(T + 5 * SECOND + 1)]).toEqual(['taken', 'time_ahead'])
  })

  it('passes a hole that was said, in one record or in two, and no further', () => {
    const hole = (us: number) => aMarketStatus({ seq: 1, status: 'disconnected', reason: 'hole', tsRecvUs: us })
    const connected = (us: number) => aMarketStatus({ seq: 1, status: 'connected', tsRecvUs: us })
    const [from, to] = [T - YEAR, T - YEAR / 2]
    const one = edge(real, from)
    one.beat({ effectUs: from, speed: 1 })
    expect(one.quoteAt(to)).toBe('time_ahead')
    expect(one.judge([hole(from), connected(to), aQuote({ seq: 1, tsRecvUs: to + 1 })])).toBe('taken')
    expect(one.quoteAt(to + 6 * SECOND)).toBe('time_ahead')

    const two = edge(real, from)
    two.beat({ effectUs: from, speed: 1 })
    expect(two.judge([hole(from)])).toBe('taken')
    expect(two.judge([connected(to)])).toBe('taken')
    expect([two.quoteAt(to + 5 * SECOND), two.quoteAt(to + 6 * SECOND)]).toEqual(['taken', 'time_ahead'])
    expect(two.judge([hole(to), connected(T + DAY)])).toBe('time_ahead')
  })

  it('is not moved by a heartbeat that is ahead of the clock, or of any that a market can be played at', () => {
    expect(edge(real).beat({ effectUs: T + 6 * SECOND })).toBe('time_ahead')
    expect(edge().beat({ effectUs: T + 6 * SECOND })).toBe('time_ahead')
    expect(edge().beat({ effectUs: T + YEAR, speed: 1 })).toBe('time_ahead')
    expect(edge().beat({ effectUs: T, originUs: T + 6 * SECOND, speed: 1 })).toBe('time_ahead')
    expect(edge().beat({ effectUs: T + DAY, speed: 10_000 })).toBe('taken')
  })

  it('is not that of what is late, or as early as what was taken: it passes', () => {
    const { quoteAt } = edge(real, T + DAY)
    expect([quoteAt(T - YEAR), quoteAt(T + DAY), quoteAt(T + DAY + 1)]).toEqual(['taken', 'taken', 'time_ahead'])
  })

  it('never comes beyond the clock and its margin, whatever is read in whatever order', () => {
    const said = fc.record({
      what: fc.constantFrom('quote', 'beat', 'wait', 'hole'),
      us: fc.integer({ min: -2 * YEAR, max: 2 * YEAR }),
      speed: fc.constantFrom(undefined, 0, 1, 10_000),
    })
    fc.assert(
      fc.property(fc.array(said, { maxLength: 40 }), (all) => {
        const { time, judge, quoteAt, beat } = edge(real)
        for (const { what, us, speed } of all) {
          if (what === 'wait') time.nowUs += Math.abs(us) / 1000
          else if (what === 'quote') quoteAt(T + us)
          else if (what === 'beat') beat({ effectUs: T + us, ...(speed !== undefined && { speed }) })
          else judge([aMarketStatus({ seq: 1, status: 'disconnected', reason: 'hole', tsRecvUs: T + us })])
          expect(time.marketUs).toBeLessThanOrEqual(time.nowUs + 5 * SECOND)
        }
      }),
    )
  })
})

describe('a sequence', () => {
  it('of a core is at most ten billion above the highest of its producer, on any topic', () => {
    const { judge } = edge({}, T)
    const intent = (seq: number) =>
      judge([anOrderIntent({ seq, effectUs: T })], { producer: 'strategy-plane', key: 'desk' }, topics.intents)
    expect(intent(Number.MAX_SAFE_INTEGER - 1)).toBe('sequence_ahead')
    expect(intent(1e10)).toBe('taken')
    expect(intent(2e10 + 1)).toBe('sequence_ahead')
    expect(judge([anOrderIntent({ seq: 2e10, effectUs: T })], { producer: 'strategy-plane' }, topics.intents)).toBe(
      'taken',
    )
    expect(judge([aFill({ seq: 2e10, effectUs: T })], { producer: 'order-plane' }, topics.fills)).toBe('sequence_ahead')
  })

  it('of an edge is at most a minute ahead of the clock, whatever it was before', () => {
    const { judge, time } = edge({}, T)
    const resume = (seq: number) =>
      judge(
        [anOperatorCommand({ command: 'resume', seq, effectUs: T })],
        { producer: 'order-plane.edge' },
        topics.commands,
      )
    expect(resume(T + 60 * SECOND + 1)).toBe('sequence_ahead')
    expect(resume(T + 60 * SECOND)).toBe('taken')
    expect(resume(T + 60 * SECOND + 1)).toBe('sequence_ahead')
    time.nowUs += 1
    expect(resume(T + 60 * SECOND + 1)).toBe('taken')
  })

  it('is judged by the highest of a record, wherever it stands', () => {
    const { judge } = edge({}, T)
    const trades = [1, Number.MAX_SAFE_INTEGER - 1, 2].map((seq) => aTrade({ seq, tsRecvUs: T }))
    expect(judge(trades)).toBe('sequence_ahead')
  })
})

it('is not asked of a halt, of another run, or of a plane behind the data plane that beats', () => {
  const { judge } = edge(real, T)
  const halt = anOperatorCommand({ command: 'halt', seq: Number.MAX_SAFE_INTEGER, effectUs: T + YEAR })
  expect(judge([halt], { producer: 'strategy-plane.edge' }, topics.halts)).toBe('taken')
  expect(judge([aTrade({ seq: 1, tsRecvUs: T + YEAR })], { runId: 'another' })).toBe('taken')
  const beat = aHeartbeat({ seq: 1, stage: 'order', effectUs: T + YEAR })
  expect(judge([beat], { producer: 'order-plane.edge' }, topics.heartbeats)).toBe('taken')
})
