import type { Instrument } from '@triplane/contracts'
import { createStateCheck } from '@triplane/contracts'
import { testStartUs } from '@triplane/testing'
import { aFrame, brief, instruments, message, newCore, origin, SECOND, Tape } from '../test/tape.ts'
import { dataPlaneSchema, type DataPlaneSnapshot } from './data-plane-core.ts'

const T = testStartUs

/** The first instrument, only quoted. */
const quotedCore = (fields: Partial<Instrument> = {}, snapshot?: DataPlaneSnapshot) =>
  newCore(snapshot, { instruments: [{ ...instruments[0]!, isTraded: false, ...fields }, instruments[1]!] })

/** A connection, and a trade, a quote, a snapshot and a delta of the instrument. */
function play(tape: Tape) {
  tape.feed({ type: 'connect', origin, tsRecvUs: T })
  tape.frame(message.trade(T, 1), T)
  tape.frame(message.quote(T + 1, 10), T + 1)
  tape.frame(message.snapshot(T + 2, 10), T + 2)
  tape.frame(message.delta(T + 3, 10, 12, [[99.9, 3]]), T + 3)
  return tape
}

describe('an instrument that is only quoted', () => {
  it('has trades, quotes, bars and marks, and no book', () => {
    const tape = play(new Tape(quotedCore()))
    tape.advance(T + 180 * SECOND)
    const types = new Set(tape.outputs.map(({ type }) => type))
    expect(types).toEqual(new Set(['marketStatus', 'trade', 'quote', 'mark', 'bar']))
    expect(tape.core.lanes.map(({ book }) => book !== undefined)).toEqual([false, true])
    expect(tape.outputs.filter((event) => event.type === 'marketStatus').map(({ status }) => status)).toEqual([
      'connected',
      'stale',
    ])
  })

  it('takes what comes of its book for understood, and does nothing with it', () => {
    const { core } = play(new Tape(quotedCore()))
    expect([core.framesIn, core.understood, core.controls]).toEqual([4, 4, 0])
    expect(Object.values(core.refused).every((count) => count === 0)).toBe(true)
  })

  it('refuses what cannot be true of its book as of any other', () => {
    const tape = play(new Tape(quotedCore()))
    expect(brief(tape.frame(message.delta(T + 4, 12, 14, [[-1, 3]]), T + 4))).toEqual(['deadLetter bad_price'])
  })

  it('has a book where it is asked for', () => {
    const tape = play(new Tape(quotedCore({ hasBook: true })))
    expect(brief(tape.outputs)).toEqual(expect.arrayContaining(['bookSnapshot', 'book_valid', 'bookDelta']))
    expect(tape.core.lanes[0]?.book?.book.bidSize(0)).toBe(3)
  })

  it('loses no trade of a burst, and waits for no delta', () => {
    const tape = play(new Tape(quotedCore()))
    const late = (seconds: number) => T + seconds * SECOND
    // What was sent long ago comes now: the instrument is late, so frames may wait for others.
    tape.frame(message.trade(T + SECOND, 2), late(30))
    expect(tape.core.lanes[0]?.lateness.isLate).toBe(true)
    tape.frame(message.delta(T + SECOND, 90, 92), late(30))
    expect(tape.core.lanes[0]?.resequencer.size).toBe(0)
  })

  it('ends with its connection and goes on from a snapshot, also of when it was traded', () => {
    const tape = play(new Tape(quotedCore()))
    tape.feed({ type: 'disconnect', origin, tsRecvUs: T + SECOND, reason: 'outage' })
    const saved = JSON.parse(JSON.stringify(tape.core.snapshot())) as DataPlaneSnapshot
    expect(createStateCheck(dataPlaneSchema, '/core')(saved)).toBeUndefined()
    expect(saved.lanes.map(({ book }) => book === null)).toEqual([true, false])
    expect(quotedCore({}, saved).snapshot()).toEqual(saved)

    const traded = play(new Tape(newCore())).core.snapshot()
    expect(quotedCore({}, traded).lanes[0]?.book).toBeUndefined()
    const again = new Tape(newCore(saved))
    again.feed({ type: 'connect', origin, tsRecvUs: T + 2 * SECOND })
    again.feed(aFrame(message.snapshot(T + 3 * SECOND, 20), T + 3 * SECOND))
    expect(again.core.lanes[0]?.book?.isValid).toBe(true)
  })
})
