import { aMarketStatus } from '@triplane/testing'
import { isAbout } from './market-status.ts'

const btc = 'BTC/USDT@binance_spot'
const { instrument: _, ...feed } = aMarketStatus({ source: 'capture', venue: 'binance_spot', status: 'disconnected' })
const { venue: __, ...everyVenue } = feed

describe('a market status is about', () => {
  it.each([
    { name: 'its own instrument', status: { ...feed, instrument: btc }, want: true },
    { name: 'no other instrument', status: { ...feed, instrument: 'ETH/USDT@binance_spot' }, want: false },
    {
      name: 'no instrument of that name at another venue',
      status: { ...feed, instrument: 'BTC/USDT@sim' },
      want: false,
    },
    { name: 'every instrument of its venue', status: feed, want: true },
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

  it('no instrument of an unknown source, unless it is named', () => {
    expect(isAbout(feed, btc, undefined)).toBe(false)
    expect(isAbout({ ...feed, instrument: btc }, btc, undefined)).toBe(true)
  })
})
