import { bookChecksum } from '../src/kraken/book-checksum.ts'

/** Hand-written messages in the format of Kraken's public WebSocket protocol v2, for the tests of its folder. */

const at = '2024-08-08T14:30:00.123456Z'

/** Levels as sent: price, quantity, price, quantity, ... */
const levels = (texts: readonly string[]) =>
  `[${texts.flatMap((text, i) => (i % 2 === 0 ? `{"price":${text},"qty":${texts[i + 1]}}` : [])).join(',')}]`

/** A message of a book, with the checksum of the resulting book. */
export function aBookMessage(
  type: 'snapshot' | 'update',
  sides: { readonly bids?: readonly string[]; readonly asks?: readonly string[] },
  checksum: number | string,
  symbol = 'BTC/USD',
): string {
  const { bids = [], asks = [] } = sides
  return `{"channel":"book","type":"${type}","data":[{"symbol":"${symbol}","bids":${levels(bids)},"asks":${levels(asks)},"checksum":${checksum},"timestamp":"${at}"}]}`
}

export const bids = ['55100.0', '2.00000000', '55099.9', '0.07500000']
export const asks = ['55101.1', '0.50000000', '55102.0', '1.25000000']

export const v2Messages = {
  status:
    '{"channel":"status","type":"update","data":[{"version":"2.0.10","system":"online","api_version":"v2","connection_id":15113583034416118705}]}',
  subscribed:
    '{"method":"subscribe","result":{"channel":"book","depth":25,"snapshot":true,"symbol":"BTC/USD"},"success":true,"time_in":"2024-08-08T14:30:00.000001Z","time_out":"2024-08-08T14:30:00.000101Z"}',
  unsubscribed:
    '{"method":"unsubscribe","result":{"channel":"book","depth":25,"symbol":"BTC/USD"},"success":true,"time_in":"2024-08-08T14:30:00.000001Z","time_out":"2024-08-08T14:30:00.000101Z"}',
  refused:
    '{"error":"Currency pair not supported NO/SUCH","method":"subscribe","success":false,"symbol":"NO/SUCH","time_in":"2024-08-08T14:30:00.000001Z","time_out":"2024-08-08T14:30:00.000101Z"}',
  refusedDepth: '{"error":"Subscription depth not supported","method":"subscribe","success":false}',
  tooFast: '{"Error":"Exceeded msg rate"}',
  heartbeat: '{"channel":"heartbeat"}',
  pong: '{"method":"pong","time_in":"2024-08-08T14:30:00.000001Z","time_out":"2024-08-08T14:30:00.000101Z"}',
  ticker:
    '{"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":55100.0,"bid_qty":2.00000000,"ask":55101.1,"ask_qty":0.50000000,"last":55101.1,"volume":3156.84782110,"vwap":54174.6,"low":53163.6,"high":55247.4,"change":-429.3,"change_pct":-0.51,"trades":135262,"timestamp":"2024-08-08T14:30:00.123456Z"}]}',
  timelessTicker: '{"channel":"ticker","type":"snapshot","data":[{"symbol":"BTC/USD","bid":55100.0,"ask":55101.1}]}',
  trades:
    '{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy","price":55101.1,"qty":0.01500000,"ord_type":"limit","trade_id":70120001,"timestamp":"2024-08-08T14:30:00.123456Z"},{"symbol":"BTC/USD","side":"sell","price":55100.0,"qty":2e-1,"ord_type":"market","trade_id":70120002,"timestamp":"2024-08-08T14:30:00.123457Z"},{"symbol":"BTC/USD","side":"sell","price":55100.0,"qty":0.00100000,"ord_type":"market","trade_id":70120003,"timestamp":"2024-08-08T14:30:00Z"}]}',
  trade:
    '{"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy","price":55101.1,"qty":0.01500000,"ord_type":"limit","trade_id":70120004,"timestamp":"2024-08-08T14:30:00.123456Z"}]}',
  snapshot: aBookMessage('snapshot', { bids, asks }, bookChecksum(bids, asks)),
  update: aBookMessage(
    'update',
    { bids: ['55099.9', '0.00000000'], asks: ['55101.1', '0.25000000'] },
    bookChecksum(bids.slice(0, 2), ['55101.1', '0.25000000', ...asks.slice(2)]),
  ),
} as const
