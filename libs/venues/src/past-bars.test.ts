import type { Instrument } from '@triplane/contracts'
import fc from 'fast-check'
import { aKrakenInstrument } from '../test/kraken-frames.ts'
import { instruments as binanceInstruments } from '../test/binance-frames.ts'
import { isPastBarsUrl, readPastBars } from './past-bars.ts'
import { venueById, venues } from './registry.ts'

const MINUTE_MS = 60_000
const startMs = Date.UTC(2024, 7, 8, 14, 0)
const nowUs = (startMs + 3 * MINUTE_MS + 20_000) * 1000

/** The content of a bar, in each venue's format. */
const spoken = {
  binance: (i: number, [open, high, low, close]: readonly string[], volume = '12.5') => [
    ...[startMs + i * MINUTE_MS, open, high, low, close, volume, startMs + (i + 1) * MINUTE_MS - 1],
    ...['770000.0', 308, '6.25', '385000.0', '0'],
  ],
  kraken: (i: number, [open, high, low, close]: readonly string[], volume = '12.5') => [
    ...[startMs / 1000 + i * 60, open, high, low, close, '61800.5', volume, 308],
  ],
}
const prices = ['61800.3', '61839.8', '61800', '61807.8']

const cases = [
  {
    venue: 'binance_spot',
    venueSymbol: 'BTCUSDT',
    id: 'BTC/USDT@binance_spot',
    row: spoken.binance,
    wrap: (rows: unknown) => rows,
    url: 'https://api.binance.com/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=32',
    no: { code: -1121, msg: 'Invalid symbol.' },
  },
  {
    venue: 'binance_usdm',
    venueSymbol: 'BTCUSDT',
    id: 'BTC/USDT:USDT@binance_usdm',
    row: spoken.binance,
    wrap: (rows: unknown) => rows,
    url: 'https://fapi.binance.com/fapi/v1/klines?symbol=BTCUSDT&interval=1m&limit=32',
    no: { code: -1121, msg: 'Invalid symbol.' },
  },
  {
    venue: 'kraken',
    venueSymbol: 'BTC/USD',
    id: 'BTC/USD@kraken',
    row: spoken.kraken,
    wrap: (rows: unknown) => ({ error: [], result: { XXBTZUSD: rows, last: 1723125840 } }),
    url: 'https://api.kraken.com/0/public/OHLC?pair=XBTUSD&interval=1&since=1723123820',
    no: { error: ['EQuery:Unknown asset pair'] },
  },
]

const instruments: readonly Instrument[] = [...binanceInstruments, aKrakenInstrument('BTC/USD')]

describe.each(cases)('past bars of $venue', ({ venue, venueSymbol, id, row, wrap, url, no }) => {
  const klines = venueById(venue)?.klines
  const read = (json: unknown, pastBarsUrl = url) => {
    const bytes = Buffer.from(typeof json === 'string' ? json : JSON.stringify(json))
    const origin = { source: 'test', venue, pastBarsUrl }
    return readPastBars({ type: 'frame', origin, bytes, start: 0, end: bytes.length, tsRecvUs: nowUs }, instruments)
  }

  it('requests the finished bars, with a URL that says so', () => {
    const live = venueById(venue)?.live
    const asked = klines?.request(live?.restUrl ?? '', { venueSymbol, timeframe: '1m', bars: 31, nowUs })
    expect(asked?.url).toBe(url)
    expect(asked?.weight).toBeLessThan(10)
    expect(isPastBarsUrl(venue, new URL(url))).toBe(true)
    expect(isPastBarsUrl(venue, new URL(url.replace('interval=1', 'interval=7')))).toBe(false)
    expect(isPastBarsUrl(venue, new URL('https://example.com/depth?symbol=BTCUSDT&interval=1m'))).toBe(false)
  })

  it('reads them in order, without the one in progress; missing bars stay missing', () => {
    expect(read(wrap([row(0, prices), row(2, prices), row(3, prices)]))).toEqual({
      ok: true,
      value: {
        instrument: id,
        timeframe: '1m',
        bars: [0, 2].map((i) => ({
          openTimeUs: (startMs + i * MINUTE_MS) * 1000,
          ...{ open: 61800.3, high: 61839.8, low: 61800, close: 61807.8, volume: 12.5, trades: 308 },
        })),
      },
    })
    expect(read(wrap([]))).toMatchObject({ ok: true, value: { bars: [] } })
  })

  it.each([
    { name: 'a price of 0', rows: [row(0, ['1', '1', '0', '1'])] },
    { name: 'a close above the high', rows: [row(0, ['1', '2', '1', '3'])] },
    { name: 'a negative volume', rows: [row(0, prices, '-1')] },
    { name: 'a price that is not a decimal', rows: [row(0, ['1', '1e3', '1', '1'])] },
    { name: 'an invalid row', rows: ['row'] },
    { name: 'a row without a number of trades', rows: [row(0, prices).slice(0, 7)] },
    { name: 'bars out of order', rows: [row(1, prices), row(0, prices)] },
    { name: 'a repeated bar', rows: [row(0, prices), row(0, prices)] },
    { name: 'a start between bars', rows: [row(0.5, prices)] },
  ])('refuses $name, with the whole answer', ({ rows }) => {
    const refused = read(wrap([...rows, row(3, prices)]))
    expect(refused).toMatchObject({ ok: false, error: { instrument: id, eventType: 'bar' } })
    expect(['bad_field', 'missing_field']).toContain(refused.ok ? '' : refused.error.code)
  })

  it('refuses an answer without bars', () => {
    expect(read('{')).toMatchObject({ ok: false, error: { code: 'not_json' } })
    expect(read(no)).toMatchObject({ ok: false, error: { code: 'unknown_message' } })
    expect(read(wrap([]), url.replace(/BTCUSDT|XBTUSD/, 'OTHER'))).toMatchObject({
      ok: false,
      error: { code: 'unknown_instrument', eventType: 'bar' },
    })
    expect(read(wrap([]), 'https://example.com/')).toMatchObject({ ok: false, error: { code: 'unknown_message' } })
  })

  it('accepts or refuses any JSON', () => {
    fc.assert(fc.property(fc.jsonValue(), (json) => expect(typeof read(wrap(json)).ok).toBe('boolean')))
  })
})

it('has past bars for every venue with live data, within its limits', () => {
  for (const { live, klines } of venues) {
    if (!live) continue
    const query = { venueSymbol: 'BTCUSDT', timeframe: '1d', bars: klines?.mostBars ?? 0, nowUs } as const
    expect(klines?.request(live.restUrl, query).weight).toBeLessThan(live.limits.weightPerMinute / 4)
  }
})
