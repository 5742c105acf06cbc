import type { Instrument } from '@triplane/contracts'
import type { Frame, FrameOrigin } from '@triplane/market-data'

/** Hand-written frames in the format of Kraken's public WebSocket protocol v1, for the tests of its folder. */

/** An instrument by the name of its pair; the unified symbol has BTC for XBT. */
export function aKrakenInstrument(venueSymbol: string): Instrument {
  const symbol = venueSymbol.replace('XBT', 'BTC')
  const [base = '', quote = ''] = symbol.split('/')
  return {
    ...{ symbol, venue: 'kraken', exchange: 'kraken', venueSymbol, kind: 'spot', base, quote },
    ...{ tickSize: '0.1', lotSize: '0.00000001', minNotional: '5', session: '24x7' },
  }
}

export const kraken: FrameOrigin = { source: 'capture', venue: 'kraken' }

export const messages = {
  status: '{"connectionID":8628615390848610000,"event":"systemStatus","status":"online","version":"1.8.3"}',
  subscribed:
    '{"channelID":336,"channelName":"book-10","event":"subscriptionStatus","pair":"XBT/USD","status":"subscribed","subscription":{"depth":10,"name":"book"}}',
  heartbeat: '{"event":"heartbeat"}',
  pong: '{"event":"pong","reqid":42}',
  refused:
    '{"errorMessage":"Currency pair not supported","event":"subscriptionStatus","pair":"XBT/XXX","status":"error","subscription":{"name":"book"}}',
  trades:
    '[337,[["55101.10000","0.01500000","1618678140.123456","b","l",""],["55101.20000","0.50000000","1618678140.123457","b","m",""],["55100.00000","0.00100000","1618678140.200000","s","m",""]],"trade","XBT/USD"]',
  spread: '[338,["55100.00000","55101.10000","1618678140.300000","1.50000000","0.02500000"],"spread","XBT/USD"]',
  ticker:
    '[340,{"a":["55101.10000",0,"0.02500000"],"b":["55100.00000",1,"1.50000000"],"c":["55100.00000","0.00100000"]},"ticker","XBT/USD"]',
  snapshot:
    '[336,{"as":[["55101.10000","0.50000000","1618678139.500000"],["55102.00000","1.25000000","1618678139.100000"]],"bs":[["55100.00000","2.00000000","1618678139.600000"],["55099.90000","0.75000000","1618678138.000000"]]},"book-10","XBT/USD"]',
  delta: '[336,{"b":[["55100.00000","1.50000000","1618678140.100000"]],"c":"CHECKSUM"},"book-10","XBT/USD"]',
  twoSides:
    '[336,{"a":[["55101.10000","0.02500000","1618678140.300000"],["55103.00000","4.00000000","1618678100.000000","r"]]},{"b":[["55099.90000","0.00000000","1618678140.200000"]],"c":"CHECKSUM"},"book-10","XBT/USD"]',
} as const

/** A frame of `text` received a second after the last time of the messages. */
export function aFrame(text: string, tsRecvUs = 1_618_678_141_000_000): Frame {
  const bytes = Buffer.from(text)
  return { type: 'frame', origin: kraken, bytes, start: 0, end: bytes.length, tsRecvUs }
}
