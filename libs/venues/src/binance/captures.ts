import { isJsonObject, type JsonObject } from '../field-reader.ts'
import type { CaptureSigns, PayloadHint } from '../venue.ts'

/** Products by the first part of a REST path, on every host that serves it: `www.`, `api1.`, testnets. */
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

function venueOfUrl({ hostname, pathname }: URL): string | undefined {
  if (!BINANCE.test(hostname)) return undefined
  const product = venueOfPath[pathname.split('/')[1] ?? '']
  if (product !== undefined) return product
  const [name = ''] = hostname.split('.')
  if (USDM_HOST.test(name)) return 'binance_usdm'
  if (COINM_HOST.test(name)) return 'binance_coinm'
  if (hostname.endsWith('binancefuture.com')) return name === 'stream' ? 'binance_usdm' : undefined
  return SPOT_HOST.test(name) || hostname.endsWith('testnet.binance.vision') ? 'binance_spot' : undefined
}

/** BTCUSD_PERP, ETHUSD_240927. */
const COIN_M_SYMBOL = /^[A-Z0-9]+USD_(PERP|\d{6})$/

/**
 * Tells the product from a payload. Streams of several products have the same names, so fields that only one of them has
 * decide.
 */
function inspect(json: unknown): PayloadHint {
  const payload = payloadOf(json)
  if (payload === undefined) return {}
  const symbol = payload['s']
  // Contracts settled in their base currency are quoted in USD itself, not in a stablecoin.
  if (typeof symbol === 'string' && COIN_M_SYMBOL.test(symbol)) return { venue: 'binance_coinm' }
  switch (payload['e']) {
    case 'depthUpdate':
      return {
        venue: 'pu' in payload ? 'binance_usdm' : 'binance_spot',
        ...(typeof symbol === 'string' && { depthSymbol: symbol }),
      }
    case 'trade':
      if ('X' in payload) return { venue: 'binance_usdm' }
      return 'M' in payload ? { venue: 'binance_spot' } : {}
    case 'aggTrade':
      return { venue: 'M' in payload ? 'binance_spot' : 'binance_usdm' }
    case 'bookTicker':
      return { venue: 'binance_usdm' }
    case undefined:
      if ('lastUpdateId' in payload && 'E' in payload) return { venue: 'binance_usdm' }
      if ('u' in payload && 'B' in payload && 'A' in payload) return { venue: 'binance_spot' }
  }
  return {}
}

function payloadOf(json: unknown): JsonObject | undefined {
  if (!isJsonObject(json)) return undefined
  if (!('stream' in json && 'data' in json)) return json
  return isJsonObject(json['data']) ? json['data'] : undefined
}

export const captures: CaptureSigns = {
  venueOfUrl,
  inspect,
  unsupported: { binance_coinm: 'COIN-M (contracts paid in the base currency)' },
}
