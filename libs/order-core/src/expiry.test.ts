import type { Instrument } from '@triplane/contracts'
import { testStartUs } from '@triplane/testing'
import { BTC, Session } from '../test/session.ts'

const expiryUs = testStartUs + 120_000_000
const future: Instrument = {
  ...BTC,
  ...{ symbol: 'BTC/USD:USD-240808', kind: 'linear_future', expiry: new Date(expiryUs / 1000).toISOString() },
}
const of = { instrument: `${future.symbol}@sim` }

/** A session with a position in one future and an order on it that rests below the market. */
function holding(): Session {
  const session = new Session({}, undefined, [future]).open(future.symbol)
  session.intent('a', { ...of, quantity: '2', limitPrice: '100.1' })
  session.wait(1_000_000).settle()
  session.intent('b', { ...of, limitPrice: '99.6', validUntilUs: session.nowUs + 1_000_000 })
  session.wait(1_000_000).settle()
  return session
}
const heldUnits = (session: Session) => session.core.view().account.positions[0]?.position.quantity

describe('a dated future', () => {
  it('is traded until it expires: then its orders are cancelled as expired and none passes, not even a closing one', () => {
    const session = holding()
    expect(session.brief()).toContain('fill 2 @ 100.1')
    expect(session.core.view().open).toHaveLength(1)
    session.wait(expiryUs - session.nowUs).settle()
    session.open(future.symbol)
    session.intent('c', { ...of, side: 'SELL', reduceOnly: true, decisionRecvUs: expiryUs })
    session.wait(1_000_000).settle()
    expect(session.brief().slice(-5)).toContain('c denied session_closed')
    expect(session.brief()).toContain('b cancelled expired')
    expect(session.core.view().open).toEqual([])
  })

  it('is traded up to the microsecond before', () => {
    const session = holding()
    session.wait(expiryUs - 1 - session.nowUs).settle()
    session.open(future.symbol)
    session.intent('c', { ...of, side: 'SELL', decisionRecvUs: session.nowUs })
    expect(session.brief().at(-1)).toBe('c submitted')
  })

  it('keeps its position at the last mark from then on, also after a restart', () => {
    const session = holding()
    session.mark(90, future.symbol)
    session.wait(expiryUs - session.nowUs + 60_000_000).settle()
    session.restore()
    expect(heldUnits(session)).toBe(200_000_000n)
    const [held] = session.core.view().account.positions
    expect([held?.position.mark, held?.markValueUsd]).toEqual([90, 18_000_000_000n])
  })
})
