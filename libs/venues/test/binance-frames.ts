import type { Instrument } from '@triplane/contracts'
import type { Frame, FrameOrigin } from '@triplane/market-data'

/** Hand-written frames in the formats of the venues, for the tests of this folder. */

function anInstrument(venue: string, venueSymbol: string, symbol: string): Instrument {
  return {
    symbol,
    venue,
    exchange: 'binance',
    venueSymbol,
    kind: venue === 'binance_spot' ? 'spot' : 'linear_perpetual',
    base: venueSymbol.slice(0, -4),
    quote: venueSymbol.slice(-4),
    tickSize: '0.01',
    lotSize: '0.001',
    minNotional: '5',
    session: '24x7',
  }
}

export const instruments: readonly Instrument[] = [
  anInstrument('binance_spot', 'BTCUSDT', 'BTC/USDT'),
  anInstrument('binance_spot', 'ETHUSDT', 'ETH/USDT'),
  anInstrument('binance_usdm', 'BTCUSDT', 'BTC/USDT:USDT'),
  anInstrument('binance_usdm', 'ETHUSDT', 'ETH/USDT:USDT'),
  anInstrument('sim', 'BTCUSDT', 'BTC/USDT'),
]

export const spot: FrameOrigin = { source: 'capture', venue: 'binance_spot', snapshotSymbol: 'BTCUSDT' }
export const usdm: FrameOrigin = { source: 'capture', venue: 'binance_usdm', snapshotSymbol: 'BTCUSDT' }

/** One message of each kind and product. */
export const messages = {
  spotTrade:
    '{"e":"trade","E":1700000000123,"s":"BTCUSDT","t":3735683259,"p":"37000.63000000","q":"0.02000000","T":1700000000122,"m":true,"M":true}',
  spotTradeMicros:
    '{"e":"trade","E":1700000000123456,"s":"BTCUSDT","t":3735683260,"p":"37000.63000000","q":"0.02000000","T":1700000000122345,"m":true,"M":true}',
  spotDeltaMicros:
    '{"e":"depthUpdate","E":1700000000208901,"s":"BTCUSDT","U":50093239189,"u":50093239202,"b":[["36990.63000000","0.00000000"]],"a":[["37000.64000000","1.54698000"]]}',
  spotAggTrade:
    '{"e":"aggTrade","E":1700000000130,"s":"ETHUSDT","a":15683430,"p":"2050.28000000","q":"58.00000000","f":19862790,"l":19862792,"T":1700000000129,"m":false,"M":true}',
  spotQuote:
    '{"u":50093239212,"s":"BTCUSDT","b":"37000.63000000","B":"3.78826000","a":"37000.64000000","A":"1.54698000"}',
  spotDelta:
    '{"e":"depthUpdate","E":1700000000208,"s":"BTCUSDT","U":50093239189,"u":50093239202,"b":[["36990.63000000","0.00000000"],["36980.00000000","12.50000000"]],"a":[["37000.64000000","1.54698000"]]}',
  spotSnapshot:
    '{"lastUpdateId":50093239218,"bids":[["37000.63000000","3.78826000"],["37000.62000000","0.61700000"]],"asks":[["37000.64000000","1.54698000"]]}',
  spotKline:
    '{"e":"kline","E":1700000003963,"s":"BTCUSDT","k":{"t":1699999980000,"T":1700000039999,"s":"BTCUSDT","i":"1m","f":100,"L":129,"o":"37000.10","c":"37000.80","h":"37001.00","l":"36999.20","v":"25.87700000","n":30,"x":false,"q":"957500.04600000","V":"5.80000000","Q":"214600.46240000","B":"0"}}',
  usdmTrade:
    '{"e":"trade","E":1700000000322,"T":1700000000321,"s":"BTCUSDT","t":5266583935,"p":"37010.30","q":"0.006","X":"MARKET","m":false}',
  usdmAggTrade:
    '{"e":"aggTrade","E":1700000000330,"a":2384712,"s":"ETHUSDT","p":"2051.25","q":"1.500","f":100,"l":105,"T":1700000000329,"m":true}',
  usdmQuote:
    '{"e":"bookTicker","u":5123107839020,"s":"BTCUSDT","b":"37010.20","B":"2.507","a":"37010.30","A":"2.510","T":1700000000313,"E":1700000000314}',
  usdmDelta:
    '{"e":"depthUpdate","E":1700000000299,"T":1700000000298,"s":"BTCUSDT","U":5123107832006,"u":5123107837557,"pu":5123107831937,"b":[["36000.20","0.014"],["37000","0.000"]],"a":[]}',
  usdmSnapshot:
    '{"lastUpdateId":5123107852948,"E":1700000000501,"T":1700000000493,"bids":[["37010.20","2.909"]],"asks":[["37010.30","0.696"]]}',
} as const

/** The message as sent by a combined stream. */
export function streamed(message: string, stream = 'btcusdt@stream'): string {
  return `{"stream":"${stream}","data":${message}}`
}

/** A frame with `text` in the middle of a chunk, as in capture files. */
export function aFrame(text: string, origin: FrameOrigin = usdm): Frame {
  const before = '1700000000000000000 '
  const bytes = Buffer.from(`${before}${text}\n1700000000000000001 {`)
  return {
    type: 'frame',
    origin,
    bytes,
    start: before.length,
    end: before.length + Buffer.byteLength(text),
    tsRecvUs: 1,
  }
}
