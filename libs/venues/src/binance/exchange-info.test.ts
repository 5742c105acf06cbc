import type { Instrument } from '@triplane/contracts'
import { aFrame } from '../../test/binance-frames.ts'
import { readExchangeInfo } from './exchange-info.ts'

const btc: Instrument = {
  ...{ symbol: 'BTC/USDT', venue: 'binance_spot', exchange: 'binance', venueSymbol: 'BTCUSDT', kind: 'spot' },
  ...{ base: 'BTC', quote: 'USDT', tickSize: '0.1', lotSize: '0.001', minNotional: '10', session: '24x7' },
}
const eth: Instrument = { ...btc, symbol: 'ETH/USDT', venueSymbol: 'ETHUSDT', base: 'ETH' }

const price = (tickSize: string) => ({ filterType: 'PRICE_FILTER', minPrice: '0.01', maxPrice: '1000000', tickSize })
const lot = (stepSize: string) => ({ filterType: 'LOT_SIZE', minQty: '0.00001', maxQty: '9000', stepSize })
const marketLot = { filterType: 'MARKET_LOT_SIZE', minQty: '0', maxQty: '76', stepSize: '0.00000000' }
const notional = { filterType: 'NOTIONAL', minNotional: '5.00000000', applyMinToMarket: true, maxNotional: '9000000' }

function read(list: unknown, instruments = [btc, eth]) {
  const frame = aFrame(typeof list === 'string' ? list : JSON.stringify(list))
  return readExchangeInfo(frame, instruments).map((one) => (one.ok ? one.value : one.error))
}
const listing = (...filters: readonly unknown[]) => ({ timezone: 'UTC', symbols: [{ symbol: 'BTCUSDT', filters }] })

it.each([
  { name: 'spot', least: notional, minNotional: '5' },
  {
    name: 'spot in the older format',
    least: { filterType: 'MIN_NOTIONAL', minNotional: '10.0', avgPriceMins: 5 },
    minNotional: '10',
  },
  { name: 'USD-M', least: { filterType: 'MIN_NOTIONAL', notional: '100' }, minNotional: '100' },
  { name: 'a venue that accepts any value', least: undefined, minNotional: '0' },
])('reads the steps of $name', ({ least, minNotional }) => {
  expect(read(listing(price('0.01000000'), marketLot, lot('0.00001000'), ...(least ? [least] : [])))).toEqual([
    { instrument: 'BTC/USDT@binance_spot', steps: { tickSize: '0.01', lotSize: '0.00001', minNotional } },
  ])
})

it('leaves out foreign instruments, and those of ours that are not in the list', () => {
  expect(read({ symbols: [{ symbol: 'XRPUSDT', filters: [] }, null, 'ETHUSDT'] })).toEqual([])
})

it.each([
  { name: 'no price filter', filters: [lot('0.001'), notional] },
  { name: 'a step of 0, which means none', filters: [price('0.00000000'), lot('0.001'), notional] },
  { name: 'a step that is not a decimal', filters: [price('1e-2'), lot('0.001'), notional] },
  { name: 'a step that is a number', filters: [{ filterType: 'PRICE_FILTER', tickSize: 0.01 }, lot('0.001')] },
  { name: 'a step too fine to be booked', filters: [price('0.01'), lot('0.0000000001'), notional] },
  { name: 'no filters', filters: [] },
])('refuses $name, and reads the others', ({ filters }) => {
  const whole = { symbol: 'ETHUSDT', filters: [price('0.01'), lot('0.0001'), notional] }
  expect(read({ symbols: [{ symbol: 'BTCUSDT', filters }, whole] })).toMatchObject([
    { code: 'bad_field', instrument: 'BTC/USDT@binance_spot' },
    { instrument: 'ETH/USDT@binance_spot', steps: { lotSize: '0.0001' } },
  ])
})

it.each([
  { name: 'text that is not JSON', text: '<html>', code: 'not_json' },
  { name: 'an error of the venue', text: '{"code":-1121,"msg":"Invalid symbol."}', code: 'unknown_message' },
  { name: 'JSON that is not an object', text: '[]', code: 'unknown_message' },
])('refuses $name', ({ text, code }) => {
  expect(read(text)).toMatchObject([{ code }])
})
