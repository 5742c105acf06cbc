import { isJsonObject } from '../field-reader.ts'
import type { CaptureSigns, PayloadHint } from '../venue.ts'

const CHANNEL = /^(trade|ticker|spread|book-\d+|ohlc-\d+)$/
const PAIR = /^[A-Z0-9.]+\/[A-Z0-9.]+$/

function venueOfUrl({ hostname, pathname }: URL): string | undefined {
  if (!/^(beta-)?ws\.kraken\.com$/.test(hostname)) return undefined
  return pathname.startsWith('/v2') ? 'kraken_v2' : 'kraken'
}

/** Market messages are arrays that end with the channel and the pair; only answers name a connection or a channel besides. */
function inspect(payload: unknown): PayloadHint {
  if (Array.isArray(payload)) {
    const [channel, pair] = payload.slice(-2) as readonly unknown[]
    const isOurs = payload.length >= 4 && CHANNEL.test(String(channel)) && typeof pair === 'string' && PAIR.test(pair)
    return isOurs ? { venue: 'kraken' } : {}
  }
  if (!isJsonObject(payload)) return {}
  const isSystem = payload['event'] === 'systemStatus' && 'connectionID' in payload
  const isAnswer = payload['event'] === 'subscriptionStatus' && 'subscription' in payload
  return isSystem || isAnswer ? { venue: 'kraken' } : {}
}

export const captures: CaptureSigns = {
  venueOfUrl,
  inspect,
  unsupported: { kraken_v2: 'WebSocket v2 of Kraken' },
}
