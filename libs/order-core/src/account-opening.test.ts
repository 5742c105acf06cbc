import { Session } from '../test/session.ts'
import type { OwnedView } from './account-opening.ts'

/** A halted session that holds 2 bought at 100. */
function heldSession(): Session {
  const session = new Session().open()
  session.intent('OFI-1', { quantity: '2', limitPrice: '100.1', timeInForce: 'IOC' })
  session.wait(100_000).settle()
  session.command('halt')
  session.killSwitch(true)
  return session
}
const { lastFillId, ...owned } = heldSession().core.account.owned()

/** A session without positions that an operator has halted, with a market of its own. */
function haltedSession(): Session {
  const session = new Session().open()
  session.command('halt')
  session.forget()
  return session
}
const verdictOf = (session: Session, { account, switches }: OwnedView = owned, openingId = 'a') =>
  session.core.account.wouldOpen({ openingId, account, switches: [...switches] })

describe('opening the account of a run', () => {
  it('reports what is owned: positions, cash and latched switches, as of the last fill', () => {
    expect(owned.switches).toEqual(['drawdown'])
    expect(lastFillId).toBe('OFI-1-1')
    expect(owned.account.positions).toMatchObject([
      { instrument: 'BTC/USD@sim', parts: [{ strategy: 'OFI', quantity: '2', costBasis: '200.2' }] },
    ])
  })

  it('books what was owned and publishes it, latency later', () => {
    const session = haltedSession()
    session.openAccount('a', owned)
    expect(session.outputs).toMatchObject([
      { type: 'accountOpened', openingId: 'a', effectUs: session.nowUs + 1000, ...owned },
    ])
    expect(session.core.account.owned().account).toEqual(owned.account)
    expect(session.core.view().tradingState).toBe('halted')
  })

  it('closes what it has opened, once it is resumed', () => {
    const session = haltedSession()
    session.openAccount('a', owned)
    session.command('resume')
    session.intent('OFI-2', { side: 'SELL', quantity: '2', limitPrice: '100', timeInForce: 'IOC', reduceOnly: true })
    session.wait(100_000).settle()
    const [position] = session.core.account.owned().account.positions
    expect(position?.parts).toMatchObject([{ strategy: 'OFI', quantity: '0', costBasis: '0' }])
  })

  it('happens once, also across a snapshot', () => {
    const session = haltedSession()
    session.openAccount('a', owned)
    session.restore()
    session.forget()
    expect(verdictOf(session)).toEqual({ ok: true, value: 'known' })
    session.openAccount('a', owned)
    session.openAccount('b', owned)
    expect(session.outputs).toEqual([])
    expect(session.core.account.owned().account).toEqual(owned.account)
  })

  it.each([
    { name: 'while trading is active', session: () => new Session().open(), code: 'not_halted' },
    {
      name: 'while only a switch halts',
      session: () => {
        const session = new Session().open()
        session.killSwitch(true)
        return session
      },
      code: 'not_halted',
    },
    {
      name: 'while an order is being cancelled',
      session: () => {
        const session = new Session().open()
        session.intent('OFI-1', { limitPrice: '99.9' })
        session.wait(100_000).settle()
        session.command('halt')
        return session
      },
      code: 'orders_work',
    },
    { name: 'once something was traded', session: heldSession, code: 'traded' },
    {
      name: 'before anything is known of the market',
      session: () => {
        const session = new Session()
        session.nowUs = 0
        session.command('halt')
        return session
      },
      code: 'no_market_time',
    },
  ])('is refused $name, and changes nothing', ({ session: build, code }) => {
    const session = build()
    expect(verdictOf(session)).toMatchObject({ ok: false, error: { code } })
    session.forget()
    const before = session.core.account.owned()
    session.openAccount('a', owned)
    expect(session.outputs).toEqual([])
    expect(session.core.account.owned()).toEqual(before)
  })

  it('is refused for an instrument that is not configured, by its name', () => {
    const [position] = owned.account.positions
    const account = { ...owned.account, positions: [{ ...position, instrument: 'X@sim' }] } as OwnedView['account']
    expect(verdictOf(haltedSession(), { ...owned, account })).toEqual({
      ok: false,
      error: { code: 'unknown_instrument', detail: 'X@sim' },
    })
  })
})
