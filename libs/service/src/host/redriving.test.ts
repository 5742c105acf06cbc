import { topics, wire, type Event } from '@triplane/contracts'
import { aBookDelta, aFill, aQuote, aRun, aTrade, testStartUs } from '@triplane/testing'
import { HighWaterMarks } from './high-water-marks.ts'
import { createRedriving } from './redriving.ts'

const T = testStartUs
const run = aRun({ mode: 'live' })
const trade = aTrade({ seq: 41, tsRecvUs: T })

/** A plane that has reached T, and what its core was given. */
function plane() {
  const marks = new HighWaterMarks()
  const given: Event[] = []
  const state = { isReady: true }
  const desk = createRedriving({
    run,
    heard: new Set(['trade', 'quote', 'bookDelta'] as const),
    marks,
    marketUs: () => T,
    isReady: () => state.isReady,
    // As a host does.
    inject(producer, ...events) {
      for (const event of events) {
        given.push(event)
        marks.set(producer, topics.market.name, producer, event.seq)
      }
    },
  })
  return { state, given, desk }
}

function recordOf(events: readonly Event[], more: object = {}) {
  const place = { topic: topics.market.name, partition: 2, offset: 1234, key: 'data-plane' }
  return { ...place, runId: run.runId, producer: 'data-plane', raw: wire.encodeRecord(events), ...more }
}

describe('a redriven record', () => {
  it('is given to the core once, in binary or JSON, whatever was redriven before', () => {
    const { desk, given } = plane()
    const two = [trade, aQuote({ seq: 42, tsRecvUs: T })]
    expect(desk.judge(recordOf(two))).toEqual({ ok: true, value: 2 })
    expect(given).toEqual([])
    expect([desk.give(recordOf(two)), desk.give(recordOf(two))]).toEqual([
      { ok: true, value: 2 },
      { ok: true, value: 0 },
    ])
    const raw = Buffer.from(JSON.stringify([trade]))
    expect(desk.give(recordOf([], { raw, offset: 7 }))).toEqual({ ok: true, value: 1 })
    expect(given).toEqual([...two, trade])
  })

  it('changes no book, and says nothing that the core does not hear', () => {
    const { desk, given } = plane()
    expect(desk.give(recordOf([aBookDelta({ seq: 1, tsRecvUs: T }), trade]))).toEqual({ ok: true, value: 1 })
    expect(given).toEqual([trade])
  })

  it.each([
    ['a fill', { topic: 'execution.fills.v2', raw: wire.encodeRecord([aFill()]) }, 'was of execution.fills.v2'],
    ['a fill among market data', { raw: Buffer.from(JSON.stringify([aFill()])) }, ''],
    ['an intent', { topic: 'strategy.intents.v2' }, 'was of strategy.intents.v2'],
    ['a command', { topic: 'control.commands.v1' }, 'was of control.commands.v1'],
    ['of another run', { runId: 'other' }, `Expected a record of the run ${run.runId}, was of other`],
    ['what does not decode', { raw: Buffer.from('[{"type":') }, '(not_json)'],
    ['nothing', { raw: Buffer.alloc(0) }, '(not_json)'],
    ['of a stranger', { producer: 'redrive/2/1234' }, '(foreign_writer)'],
    [
      'what is ahead',
      { raw: wire.encodeRecord([aTrade({ tsRecvUs: T + 1 })]) },
      'Expected no event beyond market time',
    ],
  ])('is refused: %s', (_, more, message) => {
    const { desk, given } = plane()
    const refused = desk.give(recordOf([trade], more))
    if (message !== '') expect(refused).toEqual({ ok: false, error: expect.stringContaining(message) })
    expect(given).toEqual([])
  })

  it('is refused while turns are repeated or cannot be logged', () => {
    const { desk, state } = plane()
    state.isReady = false
    expect(desk.give(recordOf([trade]))).toEqual({ ok: false, error: 'Expected a plane that is ready, was not' })
  })
})
