import { messages, streamed } from '../test/binance-frames.ts'
import { inspectPayload } from './captures.ts'

describe('inspectPayload', () => {
  it.each(['BTCUSD_PERP', 'ETHUSD_241227'])('recognises COIN-M by its symbols: %s', (s) => {
    expect(inspectPayload(JSON.stringify({ e: 'depthUpdate', ps: 'BTCUSD', s, pu: 1 }))).toEqual({
      venue: 'binance_coinm',
    })
  })

  it.each([
    { kind: 'spotTrade', want: { venue: 'binance_spot' } },
    { kind: 'spotAggTrade', want: { venue: 'binance_spot' } },
    { kind: 'spotQuote', want: { venue: 'binance_spot' } },
    { kind: 'spotDelta', want: { venue: 'binance_spot', depthSymbol: 'BTCUSDT' } },
    { kind: 'spotSnapshot', want: {} },
    { kind: 'spotKline', want: {} },
    { kind: 'usdmTrade', want: { venue: 'binance_usdm' } },
    { kind: 'usdmAggTrade', want: { venue: 'binance_usdm' } },
    { kind: 'usdmQuote', want: { venue: 'binance_usdm' } },
    { kind: 'usdmDelta', want: { venue: 'binance_usdm', depthSymbol: 'BTCUSDT' } },
    { kind: 'usdmSnapshot', want: { venue: 'binance_usdm' } },
  ] as const)('recognises $kind, bare and combined', ({ kind, want }) => {
    expect(inspectPayload(messages[kind])).toEqual(want)
    expect(inspectPayload(streamed(messages[kind]))).toEqual(want)
  })

  it.each(['', 'not json', '17', 'null', '[]', '{"stream":"x","data":null}', '{"result":null,"id":1}'])(
    'gives no hint about %j',
    (text) => expect(inspectPayload(text)).toEqual({}),
  )
})
