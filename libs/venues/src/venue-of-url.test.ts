import { venueOfUrl } from './captures.ts'

it.each<readonly [url: string, venue: string | undefined]>([
  ...['api', 'api1', 'api2', 'api3', 'api4', 'api-gcp', 'www'].map(
    (host) => [`https://${host}.binance.com/api/v3/depth?symbol=BTCUSDT`, 'binance_spot'] as const,
  ),
  ['https://data-api.binance.vision/api/v3/depth?symbol=BTCUSDT', 'binance_spot'],
  ['https://testnet.binance.vision/api/v3/depth?symbol=BTCUSDT', 'binance_spot'],
  ['wss://stream.binance.com:9443/stream?streams=btcusdt@trade', 'binance_spot'],
  ['wss://stream.testnet.binance.vision/ws', 'binance_spot'],
  ['https://fapi.binance.com/fapi/v1/depth?symbol=BTCUSDT', 'binance_usdm'],
  ['https://www.binance.com/fapi/v1/depth?symbol=BTCUSDT', 'binance_usdm'],
  ['https://testnet.binancefuture.com/fapi/v1/depth?symbol=BTCUSDT', 'binance_usdm'],
  ['wss://fstream.binance.com/public/stream?streams=btcusdt@trade', 'binance_usdm'],
  ['wss://stream.binancefuture.com/ws', 'binance_usdm'],
  ['https://dapi.binance.com/dapi/v1/depth?symbol=BTCUSD_PERP', 'binance_coinm'],
  ['https://testnet.binancefuture.com/dapi/v1/depth?symbol=BTCUSD_PERP', 'binance_coinm'],
  ['wss://dstream.binance.com/ws', 'binance_coinm'],
  ['https://www.binance.com/en/trade/BTC_USDT', undefined],
  ['https://api.kraken.com/0/public/Depth', undefined],
  ['https://api.binance.com.evil.example/v1', undefined],
])('%s leads to %s', (url, venue) => {
  expect(venueOfUrl(url)).toBe(venue)
})
