import { orderStates, riskCodes, instrumentId } from '@triplane/contracts'
import { aMark, testStartUs } from '@triplane/testing'
import { CLOSE_US, Session, SPY } from '../test/session.ts'

const MS = 1_000
/** Long enough for an order to reach the venue and its answers to return. */
const ROUND_TRIP_US = 10 * MS

/** A session with an order to buy 1 resting at 100, and nothing in its outputs. */
function resting(): Session {
  const session = new Session().open()
  session.intent('a')
  session.wait(ROUND_TRIP_US).settle()
  return session.forget()
}

/** A session that has bought 2 at 100.1. */
function long(): Session {
  const session = new Session().open()
  session.intent('long', { quantity: '2', limitPrice: '100.1' })
  session.wait(ROUND_TRIP_US).settle()
  return session.forget()
}

/** Units of each working order, the filled part included. */
function quantitiesOf({ core }: Session) {
  return Object.fromEntries(core.view().open.map(({ intent, quantityUnits }) => [intent.intentId, quantityUnits]))
}

describe('the life of an order', () => {
  it('goes from intent to fill', () => {
    const session = new Session().open()
    session.intent('a', { limitPrice: '100.1' })
    session.wait(ROUND_TRIP_US).settle()
    expect(session.brief()).toEqual([
      'a received',
      'a approved',
      'a submitted',
      'a acknowledged',
      'fill 1 @ 100.1',
      'a filled',
    ])
    expect(session.outputs.map(({ effectUs }) => effectUs - testStartUs)).toEqual([
      MS,
      MS,
      MS,
      10 * MS,
      10 * MS,
      10 * MS,
    ])
    expect(session.outputs[4]).toMatchObject({
      fee: '0.01001',
      liquidity: 'taker',
      status: 'FILLED',
      first: true,
      tsIntentUs: testStartUs,
      tsVenueUs: testStartUs + 5 * MS,
      tsAckUs: testStartUs + 10 * MS,
      slippageBps: expect.closeTo((0.05 / 100.05) * 10_000, 9),
    })
    const { account, totals, orders, open } = session.core.view()
    expect(account.positions[0]?.position.quantity).toBe(100_000_000n)
    expect(totals).toMatchObject({ fills: 1, partialFills: 0, worstSlippageBps: expect.closeTo(4.9975, 3) })
    expect([orders.filled, open]).toEqual([1, []])
  })

  it('denies with the code of the first refusal, and counts every code', () => {
    const session = new Session().open()
    session.intent('a', { quantity: '0.001' })
    expect(session.brief()).toEqual(['a received', 'a denied lot_size'])
    const { totals, lastDenial, orders } = session.core.view()
    expect(Object.keys(totals.denials)).toEqual(riskCodes)
    expect(totals.denials.lot_size).toBe(1)
    expect(lastDenial).toMatchObject({ code: 'lot_size', quantity: '0.001', lotSize: '0.01' })
    expect(Object.keys(orders)).toEqual(orderStates)
  })

  it('fills in parts and cancels the rest on request', () => {
    const session = resting()
    session.trade(100, 5.4, 'sell')
    session.wait(ROUND_TRIP_US).settle()
    session.cancel('a')
    session.wait(ROUND_TRIP_US).settle()
    expect(session.brief()).toEqual([
      'fill 0.4 @ 100',
      'a partially_filled',
      'a pending_cancel replaced',
      'a cancelled replaced',
    ])
    expect(session.outputs[1]).toMatchObject({ quantity: '1', filledQuantity: '0.4' })
  })

  it('cancels for an unknown reason', () => {
    const session = resting()
    session.cancel('a', 'of_tomorrow' as never)
    session.wait(ROUND_TRIP_US).settle()
    expect(session.brief()).toEqual(['a pending_cancel replaced', 'a cancelled replaced'])
  })

  it('books a fill that comes after the cancellation', () => {
    const session = new Session({ paper: { fillLatencyMs: 20 } }).open()
    session.intent('a')
    session.wait(ROUND_TRIP_US).settle().forget()
    session.cancel('a')
    session.wait(4 * MS)
    session.trade(100, 5.4, 'sell')
    session.wait(20 * MS).settle()
    expect(session.brief()).toEqual(['a pending_cancel replaced', 'a cancelled replaced', 'fill 0.4 @ 100'])
    const { account, orders, refusedTransitions } = session.core.view()
    expect(account.positions[0]?.position.quantity).toBe(40_000_000n)
    expect([orders.cancelled, refusedTransitions]).toEqual([1, 0])
  })

  it('reports a rejection by the venue', () => {
    const session = new Session().open()
    session.intent('a', { limitPrice: '100.1', postOnly: true })
    session.wait(ROUND_TRIP_US).settle()
    expect(session.brief().slice(-1)).toEqual(['a rejected would_cross'])
  })

  it('scales an order down to its share of the volume, and publishes it', () => {
    const session = new Session({ participation: { maxShareRatio: 0.1 } })
    session.book([100, 5], [100.1, 5])
    session.status('book_valid')
    session.quote(100, 100.1)
    session.mark(100.05)
    session.trade(100, 6, 'sell')
    session.intent('a')
    expect(session.outputs[1]).toMatchObject({ state: 'approved', quantity: '0.6', requestedQuantity: '1' })
    session.intent('b')
    expect(session.brief().slice(-1)).toEqual(['b denied participation'])
    expect(session.core.view().totals.participationDownscales).toBe(1)
  })
})

describe('an intent delivered twice', () => {
  it('is deduplicated by its id', () => {
    const session = resting()
    session.intent('a', { side: 'SELL' })
    session.wait(ROUND_TRIP_US).settle()
    expect(session.brief()).toEqual([])
    expect(session.core.view()).toMatchObject({ totals: { denials: { duplicate: 1 } }, orders: { acknowledged: 1 } })
  })
})

describe('a condition judged by the edge', () => {
  it('refuses opening orders while it calls for reducing, and clears itself', () => {
    const session = new Session().open()
    session.condition('heartbeat', 'reducing')
    session.intent('a')
    session.condition('heartbeat', 'active')
    session.intent('b', { limitPrice: '100.1' })
    session.wait(ROUND_TRIP_US).settle()
    expect(session.brief().slice(0, 2)).toEqual(['a received', 'a denied trading_state'])
    expect(session.brief()).toContain('b submitted')
  })

  it('does not undo the command of an operator', () => {
    const session = new Session().open()
    session.command('halt')
    session.condition('journal', 'halted')
    session.condition('journal', 'active')
    expect(session.core.view().tradingState).toBe('halted')
  })
})

describe('a stop', () => {
  it('by kill switch cancels working orders and denies new ones, until it is re-armed', () => {
    const session = resting()
    session.killSwitch(true)
    session.intent('b')
    session.wait(ROUND_TRIP_US).settle()
    expect(session.brief()).toEqual([
      'a pending_cancel halted',
      'b received',
      'b denied kill_switch',
      'a cancelled halted',
    ])
    expect(session.core.view().tradingState).toBe('halted')
    session.killSwitch(false)
    session.forget().intent('c')
    expect(session.brief()).toEqual(['c received', 'c approved', 'c submitted'])
  })

  it('by the operator does the same, until the operator resumes', () => {
    const session = resting()
    session.command('halt')
    session.intent('b')
    session.command('resume')
    session.intent('c')
    expect(session.brief()).toEqual([
      'a pending_cancel halted',
      ...['b received', 'b denied trading_state'],
      ...['c received', 'c approved', 'c submitted'],
    ])
  })

  it('of opening keeps closing orders, and clips new ones to the position', () => {
    const session = long()
    session.intent('close', { side: 'SELL', quantity: '1.5', limitPrice: '100.2' })
    session.intent('open', { limitPrice: '99.9' })
    session.wait(ROUND_TRIP_US).settle().forget()
    session.command('reduce')
    session.intent('more', { limitPrice: '99.9' })
    session.intent('rest', { side: 'SELL', quantity: '1', limitPrice: '100.2' })
    expect(session.brief()).toEqual([
      'open pending_cancel reducing',
      ...['more received', 'more denied trading_state'],
      ...['rest received', 'rest approved', 'rest submitted'],
    ])
    expect(session.outputs.at(-1)).toMatchObject({ quantity: '0.5', requestedQuantity: '1' })
  })

  it('of opening lowers an order that closes only in part, oldest first, and cancels one that closes nothing', () => {
    const session = long()
    const sell = { side: 'SELL', limitPrice: '100.2' } as const
    session.intent('first', { ...sell, quantity: '0.5' })
    session.intent('second', { ...sell, quantity: '1.8' })
    session.intent('third', { ...sell, quantity: '0.6' })
    session.wait(ROUND_TRIP_US).settle().forget()
    session.command('reduce')
    session.command('reduce')
    session.wait(ROUND_TRIP_US).settle()
    expect(session.brief()).toEqual(['third pending_cancel reducing', 'third cancelled reducing'])
    expect(quantitiesOf(session)).toEqual({ first: 50_000_000n, second: 150_000_000n })
    session.trade(100.2, 9, 'buy')
    session.wait(ROUND_TRIP_US).settle()
    expect(session.brief().slice(2)).toEqual([
      ...['fill 0.5 @ 100.2', 'first filled'],
      ...['fill 1.5 @ 100.2', 'second filled'],
    ])
    expect(session.core.view().account.positions[0]?.position.quantity).toBe(0n)
  })

  it('of opening lowers again an order that closes less after another fill, and keeps it right while it fills', () => {
    const session = long()
    session.intent('a', { side: 'SELL', quantity: '2', limitPrice: '100.2' })
    session.intent('b', { side: 'SELL', quantity: '0.5', limitPrice: '100.3' })
    session.wait(ROUND_TRIP_US).settle()
    session.trade(100.2, 0.6, 'buy')
    session.wait(ROUND_TRIP_US).settle().forget()
    // `a` closes all of the remaining 1.4, so `b` is cancelled.
    session.command('reduce')
    session.wait(ROUND_TRIP_US).settle()
    expect(session.brief()).toEqual(['b pending_cancel reducing', 'b cancelled reducing'])
    expect(quantitiesOf(session)).toEqual({ a: 200_000_000n })
  })

  it.each([
    { name: 'is worth less than the venue takes', held: '2', open: '1.96', want: ['b pending_cancel reducing'] },
    { name: 'is worth just enough', held: '2', open: '1.95', want: [] },
  ])('of opening cancels an order whose closing part $name', ({ held, open, want }) => {
    const session = new Session().open()
    session.intent('long', { quantity: held, limitPrice: '100.1' })
    session.wait(ROUND_TRIP_US).settle()
    session.intent('a', { side: 'SELL', quantity: open, limitPrice: '100.2' })
    session.intent('b', { side: 'SELL', quantity: '1', limitPrice: '100.2' })
    session.wait(ROUND_TRIP_US).settle().forget()
    session.command('reduce')
    expect(session.brief()).toEqual(want)
  })

  it('resumes from a snapshot with an amendment under way, and requests it once', () => {
    const session = long()
    session.intent('a', { side: 'SELL', quantity: '3', limitPrice: '100.2' })
    session.wait(ROUND_TRIP_US).settle().forget()
    session.command('reduce')
    session.restore()
    expect(session.core.view().open).toMatchObject([{ quantityUnits: 300_000_000n, amendingToUnits: 200_000_000n }])
    session.command('reduce')
    expect(JSON.stringify(session.core.snapshot().broker).match(/amendOrder/g)).toHaveLength(1)
    session.wait(ROUND_TRIP_US).settle()
    expect(session.core.view().open).toMatchObject([{ quantityUnits: 200_000_000n, amendingToUnits: undefined }])
    expect([session.brief(), session.amendments]).toEqual([[], ['amended']])
  })

  it('at the end of a session cancels its orders, and leaves the others', () => {
    const session = resting().open(SPY.symbol)
    session.intent('spy', { instrument: instrumentId(SPY) })
    session.nowUs = CLOSE_US - 1
    session.settle().forget()
    session.wait(1 + ROUND_TRIP_US).settle()
    expect(session.brief()).toEqual(['spy pending_cancel expired', 'spy cancelled expired'])
    expect(session.core.view().open.map(({ intent }) => intent.intentId)).toEqual(['a'])
  })
})

describe('the market as the plane sees it', () => {
  it.each([
    { name: 'an invalid book', act: (session: Session) => session.status('book_invalid'), want: 'invalid_book' },
    { name: 'a disconnected source', act: (session: Session) => session.disconnect(), want: 'invalid_book' },
    { name: 'a market called stale', act: (session: Session) => session.status('stale'), want: 'stale_market' },
    { name: 'steps that are unknown', act: (session: Session) => session.steps(), want: 'steps_unknown' },
    { name: 'a late market', act: (session: Session) => session.status('late'), want: 'stale_market' },
    {
      name: 'trades alone, after the quotes have stopped',
      act: (session: Session) => {
        session.wait(5_000 * MS + 1)
        session.trade(100, 1, 'sell')
      },
      want: 'stale_market',
    },
    {
      name: 'what was known before a disconnect',
      act: (session: Session) => {
        session.disconnect()
        session.book([100, 5], [100.1, 5])
        session.status('book_valid')
      },
      want: 'invalid_book',
    },
    { name: 'silence', act: (session: Session) => session.wait(5_000 * MS + 1), want: 'stale_market' },
  ])('denies on $name', ({ act, want }) => {
    const session = new Session().open()
    act(session)
    session.intent('a')
    expect(session.brief()).toEqual(['a received', `a denied ${want}`])
  })

  it('trades again once data is on time, and once a book confirms the touch', () => {
    const session = new Session().open()
    session.status('late')
    session.status('on_time')
    session.wait(5_000 * MS + 1)
    session.book([100, 5], [100.1, 5])
    session.intent('a')
    expect(session.brief()).toEqual(['a received', 'a approved', 'a submitted'])
  })

  it('trades in the known steps, also after a restore, and keeps earlier positions unchanged', () => {
    const session = long()
    session.steps()
    session.steps({ tickSize: '0.001', lotSize: '0.0001', minNotional: '50' })
    session.restore()
    session.quote(100.001, 100.002)
    session.book([100.001, 5], [100.002, 5])
    session.intent('small', { quantity: '0.4', limitPrice: '100.002' })
    session.intent('coarse', { quantity: '1.00005', limitPrice: '100.002' })
    session.intent('a', { quantity: '1.0001', limitPrice: '100.002' })
    session.wait(ROUND_TRIP_US).settle()
    expect(session.brief()).toEqual([
      ...['small received', 'small denied min_notional', 'coarse received', 'coarse denied lot_size'],
      ...['a received', 'a approved', 'a submitted', 'a acknowledged', 'fill 1.0001 @ 100.002', 'a filled'],
    ])
    const [held] = session.core.view().account.positions
    expect(held?.position.quantity).toBe(300_010_000n)
    expect(session.core.snapshot().desks[0]).toMatchObject({ steps: { tickSize: '0.001' }, areStepsKnown: true })
  })

  it('takes the best prices from the book where there are no quotes', () => {
    const session = new Session()
    session.book([100, 5], [100.1, 5])
    session.status('book_valid')
    session.mark(100.05)
    session.trade(100, 1_000, 'sell')
    session.intent('a')
    expect(session.brief().slice(-1)).toEqual(['a submitted'])
  })

  it('knows no instrument of another venue', () => {
    const session = new Session().open()
    session.intent('a', { instrument: 'BTC/USD@binance_spot' })
    expect(session.brief().slice(-1)).toEqual(['a denied unknown_instrument'])
  })
})

describe('marks', () => {
  it('alone value a position: no quote and no reading does', () => {
    const session = long()
    const markOf = () => session.core.view().account.positions[0]?.position.mark
    session.wait(MS).quote(50, 50.1)
    expect([markOf(), markOf()]).toEqual([100.05, 100.05])
    session.core.snapshot()
    expect(markOf()).toBe(100.05)
    session.mark(60)
    expect(markOf()).toBe(60)
    session.send(aMark({ seq: 99, instrument: 'BTC/USD@elsewhere', price: 70, tsRecvUs: session.nowUs }))
    expect(markOf()).toBe(60)
  })

  it('are needed to open, not to close', () => {
    const session = long().open(SPY.symbol)
    const blind = JSON.parse(JSON.stringify(session.core.snapshot())) as ReturnType<typeof session.core.snapshot>
    const positions = blind.ledger.positions.map((position) => ({ ...position, mark: 0 }))
    session.restore({ ...blind, ledger: { ...blind.ledger, positions } })
    session.forget().intent('open')
    session.intent('other', { instrument: instrumentId(SPY) })
    session.intent('close', { side: 'SELL' })
    expect(session.brief().filter((line) => / (denied|submitted)/.test(line))).toEqual([
      'open denied no_mark',
      'other denied no_mark',
      'close submitted',
    ])
  })
})

describe('an intent ahead of the data of its instrument', () => {
  const ahead = { decisionRecvUs: testStartUs + 100 * MS }

  it('waits for the data', () => {
    const session = new Session().open()
    session.intent('a', ahead)
    session.wait(50 * MS).quote(100, 100.1)
    expect(session.brief()).toEqual([])
    session.wait(50 * MS).quote(100, 100.1)
    expect(session.brief()).toEqual(['a received', 'a approved', 'a submitted'])
  })

  it('waits at most its validity', () => {
    const session = new Session().open()
    session.intent('a', ahead)
    session.wait(2_000 * MS).settle()
    expect(session.brief()).toEqual(['a received', 'a denied stale_market'])
    expect(session.outputs[1]?.effectUs).toBe(testStartUs + 2_001 * MS)
  })

  it('does not wait for data of a connection that was lost', () => {
    const session = new Session().open()
    session.intent('a', ahead)
    session.disconnect()
    expect(session.brief()).toEqual(['a received', 'a denied stale_market'])
  })

  it('can be cancelled while it waits', () => {
    const session = new Session().open()
    session.intent('a', ahead)
    session.cancel('a')
    expect(session.brief()).toEqual(['a received', 'a cancelled replaced'])
  })

  it('is refused when it is too far ahead', () => {
    const session = new Session().open()
    session.intent('a', { decisionRecvUs: testStartUs + 251 * MS })
    expect(session.brief()).toEqual(['a received', 'a denied future_intent'])
  })

  it('is judged when the data has arrived, not before', () => {
    const session = new Session().open()
    session.intent('a', ahead)
    session.killSwitch(true)
    session.wait(100 * MS).quote(100, 100.1)
    expect(session.brief()).toEqual(['a received', 'a denied kill_switch'])
  })
})
