/** Products of Binance by the first part of a REST path, on every host that serves it: `www.`, `api1.`, testnets. */
const venueOfPath: Readonly<Record<string, string>> = {
  api: 'binance_spot',
  fapi: 'binance_usdm',
  dapi: 'binance_coinm',
}
const BINANCE = /(^|\.)(binance\.com|binance\.vision|binancefuture\.com)$/
/** Hosts that serve one product only, by the first part of their name. */
const USDM_HOST = /^(fapi|fstream(-\w+)?|demo-fapi|ws-fapi)$/
const COINM_HOST = /^(dapi|dstream(-\w+)?|demo-dapi|ws-dapi)$/
const SPOT_HOST = /^(api\d*|api-gcp|stream|data-api|data-stream|ws-api|demo-api|demo-stream)$/

/** The venue whose payload a URL leads to; undefined for what is not Binance, or could be any of its products. */
export function venueOfUrl(url: string): string | undefined {
  const { hostname, pathname } = new URL(url)
  if (!BINANCE.test(hostname)) return undefined
  const product = venueOfPath[pathname.split('/')[1] ?? '']
  if (product !== undefined) return product
  const [name = ''] = hostname.split('.')
  if (USDM_HOST.test(name)) return 'binance_usdm'
  if (COINM_HOST.test(name)) return 'binance_coinm'
  if (hostname.endsWith('binancefuture.com')) return name === 'stream' ? 'binance_usdm' : undefined
  return SPOT_HOST.test(name) || hostname.endsWith('testnet.binance.vision') ? 'binance_spot' : undefined
}
