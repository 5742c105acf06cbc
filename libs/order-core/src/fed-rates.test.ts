import type { Instrument } from '@triplane/contracts'
import { BTC, Session } from '../test/session.ts'

const coin: Instrument = { ...BTC, symbol: 'ETH/KRW', venueSymbol: 'ETHKRW', base: 'ETH', quote: 'KRW' }
const won: Instrument = { ...BTC, symbol: 'USD/KRW', venueSymbol: 'USDKRW', base: 'USD', quote: 'KRW', isTraded: false }

function open(initial?: string) {
  const KRW = { instrument: 'USD/KRW@sim', ...(initial !== undefined && { initial }) }
  const settings = { ratesToUsd: { USD: '1', KRW }, marginVenues: ['sim'] }
  return new Session(settings, undefined, [coin, won]).open(coin.symbol)
}
const buy = (session: Session, intentId: string) =>
  session.intent(intentId, { instrument: 'ETH/KRW@sim', limitPrice: '100.1' })
const newest = (session: Session) => session.brief().at(-1)

describe('an instrument quoted in a currency whose rate is fed', () => {
  it('is not traded before the first rate', () => {
    const session = open()
    buy(session, 'a')
    expect(newest(session)).toBe('a denied no_rate')
    session.mark(1250, won.symbol)
    buy(session, 'b')
    expect(newest(session)).toBe('b submitted')
  })

  it('is traded at the configured initial rate', () => {
    const session = open('0.001')
    buy(session, 'a')
    expect(newest(session)).toBe('a submitted')
  })

  it.each(['stale', 'late'] as const)('is not traded while the rate is %s, but still valued', (lost) => {
    const session = open()
    session.mark(1000, won.symbol)
    buy(session, 'a')
    session.wait(1_000_000).settle()
    session.mark(101, coin.symbol)
    const held = () => session.core.view().account.positions[0]?.markValueUsd
    expect(held()).toBe(10_100_000n)
    session.status(lost, won.symbol)
    buy(session, 'b')
    expect(newest(session)).toBe('b denied no_rate')
    expect(held()).toBe(10_100_000n)
    session.restore()
    buy(session, 'c')
    expect(newest(session)).toBe('c denied no_rate')
    session.status(lost === 'stale' ? 'fresh' : 'on_time', won.symbol)
    session.mark(500, won.symbol)
    expect(held()).toBe(20_200_000n)
    expect(session.core.view().movingRates).toEqual([{ currency: 'KRW', usd: 0.002 }])
  })

  it('is not part of an account opening before the first rate', () => {
    const before = open('0.001')
    buy(before, 'a')
    before.wait(1_000_000).settle()
    const owned = before.core.account.owned()
    const session = open()
    session.command('halt')
    session.openAccount('x', owned)
    expect(session.core.account.wouldOpen({ openingId: 'x', ...owned, switches: [] })).toEqual({
      ok: false,
      error: { code: 'unknown_currency', detail: 'KRW has no rate yet' },
    })
    session.mark(1000, won.symbol)
    session.openAccount('x', owned)
    expect(newest(session)).toBe('opened x')
  })
})
