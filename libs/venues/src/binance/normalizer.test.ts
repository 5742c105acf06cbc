import { encodeLine, isEvent } from '@triplane/contracts'
import type { Frame, FrameOrigin } from '@triplane/market-data'
import { aFrame, instruments, messages, spot, streamed, usdm } from '../../test/binance-frames.ts'
import { createNormalizer, type Normalizer } from '../normalizer.ts'

const NOW_US = 1_700_000_000_500_000

function normalized(text: string, origin: FrameOrigin) {
  return only(createNormalizer(instruments), aFrame(text, origin))
}

/** The content of a frame, as the data plane reads it: for these venues one event or refusal. */
function only(normalizer: Normalizer, frame: Frame) {
  const scanned = normalizer.scan(frame, NOW_US)
  if (scanned) return { ok: true, value: scanned } as const
  const [understood, ...others] = normalizer.read(frame, NOW_US)
  if (understood === undefined || others.length > 0) throw new Error(`Expected one, was ${others.length} more`)
  return understood
}

const events = [
  {
    kind: 'spotTrade',
    origin: spot,
    want: {
      type: 'trade',
      seq: 0,
      source: 'capture',
      instrument: 'BTC/USDT@binance_spot',
      tsRecvUs: NOW_US,
      tsEventUs: 1_700_000_000_122_000,
      tradeId: 3735683259,
      price: 37000.63,
      size: 0.02,
      aggressor: 'sell',
    },
  },
  { kind: 'spotTradeMicros', origin: spot, want: { tsEventUs: 1_700_000_000_122_345, price: 37000.63 } },
  { kind: 'spotDeltaMicros', origin: spot, want: { tsEventUs: 1_700_000_000_208_901, lastUpdateId: 50093239202 } },
  {
    kind: 'spotAggTrade',
    origin: spot,
    want: { tradeId: 15683430, instrument: 'ETH/USDT@binance_spot', size: 58, aggressor: 'buy' },
  },
  {
    kind: 'spotQuote',
    origin: spot,
    want: { type: 'quote', updateId: 50093239212, bid: 37000.63, bidSize: 3.78826, ask: 37000.64, askSize: 1.54698 },
  },
  {
    kind: 'spotDelta',
    origin: spot,
    want: {
      type: 'bookDelta',
      tsEventUs: 1_700_000_000_208_000,
      firstUpdateId: 50093239189,
      lastUpdateId: 50093239202,
      bids: [36990.63, 0, 36980, 12.5],
      asks: [37000.64, 1.54698],
    },
  },
  {
    kind: 'spotKline',
    origin: spot,
    want: {
      type: 'bar',
      timeframe: '1m',
      origin: 'venue',
      openTimeUs: 1_699_999_980_000_000,
      open: 37000.1,
      high: 37001,
      low: 36999.2,
      close: 37000.8,
      volume: 25.877,
      quoteVolume: 957500.046,
      buyVolume: 5.8,
      trades: 30,
      closed: false,
    },
  },
  {
    kind: 'usdmTrade',
    origin: usdm,
    want: {
      type: 'trade',
      instrument: 'BTC/USDT:USDT@binance_usdm',
      tsEventUs: 1_700_000_000_321_000,
      tradeId: 5266583935,
      aggressor: 'buy',
    },
  },
  { kind: 'usdmAggTrade', origin: usdm, want: { type: 'trade', tradeId: 2384712, price: 2051.25, aggressor: 'sell' } },
  {
    kind: 'usdmQuote',
    origin: usdm,
    want: { type: 'quote', tsEventUs: 1_700_000_000_314_000, updateId: 5123107839020, bid: 37010.2, askSize: 2.51 },
  },
  {
    kind: 'usdmDelta',
    origin: usdm,
    want: { type: 'bookDelta', prevUpdateId: 5123107831937, bids: [36000.2, 0.014, 37000, 0], asks: [] },
  },
] as const

describe('normalize', () => {
  it.each(events)('reads $kind, bare and combined, the first time and again', ({ kind, origin, want }) => {
    const normalizer = createNormalizer(instruments)
    for (const text of [messages[kind], streamed(messages[kind])]) {
      const first = only(normalizer, aFrame(text, origin))
      expect(first).toMatchObject({ ok: true, value: want })
      expect(first.ok && isEvent(first.value)).toBe(true)
      expect(only(normalizer, aFrame(text, origin))).toEqual(first)
    }
  })

  it.each([
    {
      kind: 'spotSnapshot',
      origin: spot,
      want: { lastUpdateId: 50093239218, bids: [37000.63, 3.78826, 37000.62, 0.617] },
    },
    { kind: 'usdmSnapshot', origin: usdm, want: { lastUpdateId: 5123107852948, tsEventUs: 1_700_000_000_501_000 } },
  ] as const)('reads $kind for the only depth stream', ({ kind, origin, want }) => {
    const event = normalized(messages[kind], origin)
    expect(event).toMatchObject({ ok: true, value: { type: 'bookSnapshot', ...want } })
    expect(event.ok && isEvent(event.value)).toBe(true)
  })

  it('gives quotes without a time when the venue sends none', () => {
    const quote = normalized(messages.spotQuote, spot)
    expect(quote.ok && 'tsEventUs' in quote.value).toBe(false)
  })

  it('builds fields in the order of the schema', () => {
    for (const { kind, origin } of events) {
      const event = normalized(messages[kind], origin)
      expect(event.ok && JSON.stringify(event.value)).toBe(event.ok && encodeLine(event.value))
    }
  })

  it('reads the protocol of USD-M from the simulated market', () => {
    const event = normalized(messages.usdmTrade, { source: 'sim', venue: 'sim' })
    expect(event).toMatchObject({ ok: true, value: { source: 'sim', instrument: 'BTC/USDT@sim' } })
  })

  it('reads reordered keys, unknown fields and white space', () => {
    const text =
      '{ "m": true, "T": 1700000000321, "new": {"nested": [null, -1e5]}, "s": "BTCUSDT", "q": "0.006", "p": "37010.30", "t": 7, "e": "trade" }'
    expect(normalized(text, usdm)).toMatchObject({ ok: true, value: { tradeId: 7, size: 0.006, aggressor: 'sell' } })
  })

  it('keeps digits that do not fit a fast path', () => {
    const text = messages.usdmTrade
      .replace('37010.30', '0.1234567890123456789')
      .replace('0.006', '12345678901234567.25')
    expect(normalized(text, usdm)).toMatchObject({
      ok: true,
      value: { price: 0.12345678901234568, size: 12345678901234568 },
    })
  })
})

describe('refusals of normalize', () => {
  const { usdmTrade, usdmQuote, usdmDelta, spotQuote, spotKline, spotSnapshot } = messages
  it.each([
    { name: 'an empty frame', text: '', want: 'not_json' },
    { name: 'a truncated frame', text: usdmTrade.slice(0, -1), want: 'not_json' },
    { name: 'a frame with trailing bytes', text: `${usdmTrade}}`, want: 'not_json' },
    { name: 'NaN', text: usdmTrade.replace('"37010.30"', 'NaN'), want: 'not_json' },
    { name: 'a byte order mark', text: `\ufeff${usdmTrade}`, want: 'not_json' },
    { name: 'nested garbage', text: '['.repeat(100_000), want: 'not_json' },
    { name: 'nested arrays', text: '['.repeat(5_000) + ']'.repeat(5_000), want: 'unknown_message' },
    { name: 'a number', text: '17', want: 'unknown_message' },
    { name: 'null', text: 'null', want: 'unknown_message' },
    { name: 'an array', text: '[1]', want: 'unknown_message' },
    { name: 'an empty object', text: '{}', want: 'unknown_message' },
    { name: 'an answer to a subscription', text: '{"result":null,"id":1}', want: 'unknown_message' },
    { name: 'another stream', text: usdmTrade.replace('"trade"', '"markPriceUpdate"'), want: 'unknown_message' },
    { name: 'a combined frame without an object', text: '{"stream":"x","data":[]}', want: 'unknown_message' },
    { name: 'a combined frame with null', text: '{"stream":"x","data":null}', want: 'unknown_message' },
    { name: "spot's bookTicker on USD-M", text: spotQuote, want: 'unknown_message' },
    { name: "USD-M's bookTicker on spot", text: usdmQuote, origin: spot, want: 'unknown_message' },
    { name: 'partial depth', text: streamed(spotSnapshot, 'btcusdt@depth20'), origin: spot, want: 'unknown_message' },
    {
      name: 'an unsupported venue',
      text: usdmTrade,
      origin: { source: 'x', venue: 'x' },
      want: 'unknown_message',
    },
    { name: 'an unknown symbol', text: usdmTrade.replace('BTCUSDT', 'BTCUSDC'), want: 'unknown_instrument' },
    { name: 'a lower-case symbol', text: usdmTrade.replace('BTCUSDT', 'btcusdt'), want: 'unknown_instrument' },
    {
      text: usdmTrade,
      origin: { source: 'x', venue: 'sim', snapshotSymbol: '' },
      want: 'ok',
    },
    {
      name: 'a snapshot for two depth streams',
      text: spotSnapshot,
      origin: { source: 'capture', venue: 'binance_spot' },
      want: 'unattributed_snapshot',
    },
    {
      name: 'a snapshot for an unknown instrument',
      text: spotSnapshot,
      origin: { ...spot, snapshotSymbol: 'BTCUSDC' },
      want: 'unknown_instrument',
    },
    { name: 'an insurance-fund trade', text: usdmTrade.replace('MARKET', 'INSURANCE_FUND'), want: 'off_book_trade' },
    { name: 'a trade without a market', text: usdmTrade.replace('MARKET', 'NA'), want: 'off_book_trade' },
    { name: 'no symbol', text: usdmTrade.replace('"s":"BTCUSDT",', ''), want: 'missing_field' },
    { name: 'no price', text: usdmTrade.replace('"p":"37010.30",', ''), want: 'missing_field' },
    { name: 'no flag', text: usdmTrade.replace(',"m":false', ''), want: 'missing_field' },
    { name: 'no pu on USD-M', text: usdmDelta.replace('"pu":5123107831937,', ''), want: 'missing_field' },
    { name: 'no kline', text: '{"e":"kline","s":"BTCUSDT"}', origin: spot, want: 'missing_field' },
    { name: 'a symbol that is a number', text: usdmTrade.replace('"BTCUSDT"', '5'), want: 'bad_field' },
    { name: 'a price that is a number', text: usdmTrade.replace('"37010.30"', '37010.30'), want: 'bad_field' },
    { name: 'a price with an exponent', text: usdmTrade.replace('37010.30', '3e4'), want: 'bad_field' },
    { name: 'an infinite price', text: usdmTrade.replace('37010.30', '9'.repeat(400)), want: 'bad_field' },
    { name: 'an empty price', text: usdmTrade.replace('37010.30', ''), want: 'bad_field' },
    { name: 'a text for a flag', text: usdmTrade.replace('false', '"false"'), want: 'bad_field' },
    { name: 'a text for an id', text: usdmTrade.replace('5266583935', '"5266583935"'), want: 'bad_field' },
    { name: 'an id with a fraction', text: usdmTrade.replace('5266583935', '5266583935.5'), want: 'bad_field' },
    { name: 'an id beyond 2^53', text: usdmTrade.replace('5266583935', '9007199254740993'), want: 'bad_field' },
    { name: 'a negative id', text: usdmTrade.replace('5266583935', '-1'), want: 'bad_field' },
    {
      name: 'a time beyond microseconds',
      text: usdmTrade.replace('1700000000321', '9007199254741'),
      want: 'bad_field',
    },
    { name: 'a text for levels', text: usdmDelta.replace('"a":[]', '"a":"[]"'), want: 'bad_field' },
    {
      name: 'a level that is not a pair',
      text: usdmDelta.replace('["36000.20","0.014"]', '["36000.20"]'),
      want: 'bad_field',
    },
    { name: 'a level of numbers', text: usdmDelta.replace('"36000.20"', '36000.20'), want: 'bad_field' },
    { name: 'an interval without bars', text: spotKline.replace('"1m"', '"3m"'), origin: spot, want: 'bad_field' },
    { name: 'a text for a kline', text: '{"e":"kline","s":"BTCUSDT","k":"1m"}', origin: spot, want: 'bad_field' },
  ])('$name: $want', ({ text, want, origin = usdm }) => {
    const normalizer = createNormalizer(instruments)
    // Known layouts must not change which frames are refused.
    for (const message of Object.values(messages)) only(normalizer, aFrame(message, usdm))
    const event = only(normalizer, aFrame(text, origin))
    expect(event.ok ? 'ok' : event.error.code).toBe(want)
    if (!event.ok) expect(event.error.detail.length).toBeLessThan(120)
  })

  it('refuses bytes that are not UTF-8', () => {
    const frame = aFrame(usdmTrade)
    const bytes = Uint8Array.from(frame.bytes)
    bytes[frame.start + 7] = 0xff
    const event = only(createNormalizer(instruments), { ...frame, bytes })
    expect(event).toMatchObject({ ok: false, error: { code: 'not_json' } })
  })

  it('names the expectation, the instrument and the event', () => {
    expect(normalized(usdmTrade.replace('37010.30', 'abc'), usdm)).toEqual({
      ok: false,
      error: {
        code: 'bad_field',
        detail: 'Expected p to be a decimal string, was "abc"',
        instrument: 'BTC/USDT:USDT@binance_usdm',
        eventType: 'trade',
        tradeId: 5_266_583_935,
      },
    })
  })
})
