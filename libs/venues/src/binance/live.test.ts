import { spotLive, usdmLive } from './live.ts'
import { refusalWaitMs } from './retry-after.ts'

describe('Binance endpoints', () => {
  it('names every stream in the URL, in lower case', () => {
    expect(usdmLive.streamsUrl(usdmLive.wsUrl, ['BTCUSDT'])).toBe(
      'wss://fstream.binance.com/public/stream?streams=btcusdt@trade/btcusdt@bookTicker/btcusdt@depth@100ms',
    )
    expect(spotLive.streamsUrl('ws://127.0.0.1:1/', ['ETHUSDT'])).toMatch(
      /^ws:\/\/127\.0\.0\.1:1\/stream\?streams=ethusdt@trade/,
    )
  })

  it('names the streams of books only for instruments with a book', () => {
    expect(usdmLive.streamsUrl(usdmLive.wsUrl, ['BTCUSDT', 'ETHUSDT'], ['ETHUSDT'])).toMatch(
      /\?streams=btcusdt@trade\/btcusdt@bookTicker\/ethusdt@trade\/ethusdt@bookTicker\/ethusdt@depth@100ms$/,
    )
  })

  it.each([
    { venue: 'spot', live: spotLive, want: 'https://api.binance.com/api/v3/depth?symbol=BTCUSDT&limit=1000' },
    { venue: 'USD-M', live: usdmLive, want: 'https://fapi.binance.com/fapi/v1/depth?symbol=BTCUSDT&limit=1000' },
  ])('requests 1000 levels from $venue', ({ live, want }) => {
    expect(live.snapshot(live.restUrl, 'BTCUSDT').url).toBe(want)
  })

  it.each([0, 101])('refuses %d instruments for one connection', (count) => {
    const symbols = Array.from({ length: count }, (_, i) => `S${i}USDT`)
    expect(() => spotLive.streamsUrl('wss://stream.binance.com', symbols)).toThrow(
      'Invariant: a connection has 1 to 100',
    )
  })
})

describe('refusalWaitMs', () => {
  it.each([
    { status: 429, retryAfter: '7', want: 7_000 },
    { status: 418, retryAfter: '259200', want: 259_200_000 },
    { status: 429, retryAfter: undefined, want: 60_000 },
    { status: 418, retryAfter: undefined, want: 120_000 },
    { status: 403, retryAfter: undefined, want: 300_000 },
    { status: 429, retryAfter: 'soon', want: 60_000 },
    { status: 429, retryAfter: '-1', want: 60_000 },
    { status: 400, retryAfter: '7', want: undefined },
    { status: 503, retryAfter: '7', want: undefined },
  ])('$status with Retry-After $retryAfter waits $want ms', ({ status, retryAfter, want }) => {
    expect(refusalWaitMs(status, retryAfter)).toBe(want)
  })
})

describe('the contents of a message', () => {
  it.each([
    { text: '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}', want: true },
    { text: '{"e":"serverShutdown","E":1770123456789}', want: true },
    { text: '{"stream":"!miniTicker@arr","data":[]}', want: false },
    { text: '{"e":"trade","s":"serverShutdown"}', want: false },
    { text: '{"stream":"btcusdt@trade","data":{"e":"trade"}}', want: false },
    { text: '', want: false },
  ])('recognises the end of a server: $text', ({ text, want }) => {
    expect(spotLive.isGoodbye(Buffer.from(text))).toBe(want)
  })

  it.each([
    { text: '{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate"', want: 'btcusdt' },
    { text: '{"stream":"btcusdt@trade","data":{"s":"x@depth@100ms"', want: undefined },
    { text: '{"lastUpdateId":1}', want: undefined },
  ])('recognises the stream of a diff: $text', ({ text, want }) => {
    expect(spotLive.bookStreamOf(Buffer.from(text))).toBe(want)
  })
})
