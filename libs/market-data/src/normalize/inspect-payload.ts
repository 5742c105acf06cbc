/** What one payload gives away about the capture that it is in. */
export interface PayloadHint {
  /** The venue and product, when the payload is decisive. */
  readonly venue?: 'binance_spot' | 'binance_usdm' | 'binance_coinm'
  /** Venue symbol of the depth stream that the payload belongs to. */
  readonly depthSymbol?: string
}

/** BTCUSD_PERP, ETHUSD_240927. */
const COIN_M_SYMBOL = /^[A-Z0-9]+USD_(PERP|\d{6})$/

/**
 * Tells venue and product from the text of one JSON payload. Streams of several products have the same names, so what
 * decides is fields that only one of them has. A payload that is not JSON, or could be of either product, says nothing.
 */
export function inspectPayload(text: string): PayloadHint {
  const payload = readPayload(text)
  if (payload === undefined) return {}
  const symbol = payload['s']
  // Contracts that are paid in their base currency are quoted in USD itself, not in a stable coin.
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

function readPayload(text: string): Readonly<Record<string, unknown>> | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isJsonObject(json)) return undefined
  if (!('stream' in json && 'data' in json)) return json
  return isJsonObject(json['data']) ? json['data'] : undefined
}

function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
