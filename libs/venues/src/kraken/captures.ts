import { isJsonObject, type JsonObject } from '../field-reader.ts'
import type { CaptureSigns, PayloadHint } from '../venue.ts'

const CHANNEL = /^(trade|ticker|spread|book-\d+|ohlc-\d+)$/
const PAIR = /^[A-Z0-9.]+\/[A-Z0-9.]+$/

/** Accepts both protocols: the contents of a message tell which it is. */
function venueOfUrl({ hostname }: URL): string | undefined {
  return /^(beta-)?ws\.kraken\.com$/.test(hostname) ? 'kraken' : undefined
}

/**
 * In v1 market messages are arrays that end with the channel and the pair; besides, only answers name a connection or a
 * channel. In v2 they are objects with a channel, whose data name the pair.
 */
function inspect(payload: unknown): PayloadHint {
  if (Array.isArray(payload)) {
    const [channel, pair] = payload.slice(-2) as readonly unknown[]
    const isOurs = payload.length >= 4 && CHANNEL.test(String(channel)) && typeof pair === 'string' && PAIR.test(pair)
    return isOurs ? { venue: 'kraken' } : {}
  }
  if (!isJsonObject(payload)) return {}
  if (isOfV2(payload)) return { venue: 'kraken' }
  const isSystem = payload['event'] === 'systemStatus' && 'connectionID' in payload
  const isAnswer = payload['event'] === 'subscriptionStatus' && 'subscription' in payload
  return isSystem || isAnswer ? { venue: 'kraken' } : {}
}

/**
 * A book with its checksum, a trade with its kind of order, a ticker with its quantities, the status of the connection, or an
 * answer about a pair of a channel.
 */
function isOfV2({ channel, data, method, result }: JsonObject): boolean {
  const [first] = Array.isArray(data) ? (data as readonly unknown[]) : []
  const entry = isJsonObject(first) ? first : {}
  const isOfPair = ({ symbol }: JsonObject) => typeof symbol === 'string' && PAIR.test(symbol)
  if (channel === 'book') return isOfPair(entry) && 'checksum' in entry
  if (channel === 'trade') return isOfPair(entry) && 'ord_type' in entry
  if (channel === 'ticker') return isOfPair(entry) && 'bid_qty' in entry
  if (channel === 'status') return entry['api_version'] === 'v2' && 'connection_id' in entry
  return method === 'subscribe' && isJsonObject(result) && 'channel' in result && isOfPair(result)
}

export const captures: CaptureSigns = {
  venueOfUrl,
  inspect,
  unsupported: {},
}
