import { aMarketStatus } from '@triplane/testing'
import { isAbout } from './market-status.ts'

const btc = { venue: 'binance_spot', symbol: 'BTC/USDT' }
const { symbol: _, ...feed } = aMarketStatus({ source: 'capture', venue: 'binance_spot', status: 'disconnected' })
const { venue: __, ...everyVenue } = feed

describe('a market status is about', () => {
  it.each([
    { name: 'its own symbol', status: { ...feed, symbol: 'BTC/USDT' }, want: true },
    { name: 'no other symbol', status: { ...feed, symbol: 'ETH/USDT' }, want: false },
    { name: 'no symbol of another venue', status: { ...feed, venue: 'sim', symbol: 'BTC/USDT' }, want: false },
    { name: 'every symbol of its venue', status: feed, want: true },
    {
      name: 'no instrument of another venue at the same source',
      status: { ...feed, venue: 'binance_usdm' },
      want: false,
    },
    { name: 'no instrument that another source feeds', status: { ...feed, source: 'binance_ws' }, want: false },
    { name: 'every instrument of the source when it names no venue', status: everyVenue, want: true },
  ])('$name', ({ status, want }) => {
    expect(isAbout(status, btc, 'capture')).toBe(want)
  })

  it('no instrument that was not heard of, unless it is named', () => {
    expect(isAbout(feed, btc, undefined)).toBe(false)
    expect(isAbout({ ...feed, symbol: 'BTC/USDT' }, btc, undefined)).toBe(true)
  })
})
