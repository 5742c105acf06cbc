import { refusalWaits } from '../refusal-waits.ts'
import { isJsonObject } from '../field-reader.ts'
import type { LiveProtocol, SubscriptionRefusal } from '../live-protocol.ts'
import { withoutSlash } from '../without-slash.ts'
import { BOOK_DEPTH } from './mapper-v2.ts'
import { v1NameOf, v2NameOf } from './pair-names.ts'

/** Pairs per subscription message: the maximum is not documented, and this keeps messages at a reasonable length. */
const CHUNK = 50

/**
 * The public WebSocket protocol v2, as documented on docs.kraken.com in 2026. A subscription to a book begins with a snapshot,
 * so resubscribing brings a fresh one; heartbeats come every second once there is a subscription. Public REST requests are
 * counted by address, at about one a second, and a 429 or 403 of the front servers counts as their ban of 10 minutes.
 */
export const krakenLive = {
  source: 'kraken_ws',
  wsUrl: 'wss://ws.kraken.com/v2',
  restUrl: 'https://api.kraken.com',
  streamsUrl: (wsUrl: string) => wsUrl,
  subscribe(venueSymbols: readonly string[], bookSymbols = venueSymbols) {
    const withBook = new Set(bookSymbols.map(v2NameOf))
    return chunksOf(venueSymbols.map(v2NameOf)).flatMap((pairs) => {
      const books = pairs.filter((pair) => withBook.has(pair))
      return [
        request('subscribe', { channel: 'trade', symbol: pairs, snapshot: false }),
        request('subscribe', { channel: 'ticker', symbol: pairs, event_trigger: 'bbo', snapshot: false }),
        ...(books.length > 0 ? [request('subscribe', bookOf(books))] : []),
      ]
    })
  },
  refusalOf,
  keepAlive: { message: JSON.stringify({ method: 'ping' }), everyMs: 30_000 },
  snapshot(_restUrl: string, venueSymbol: string) {
    const book = bookOf([v2NameOf(venueSymbol)])
    return { messages: [request('unsubscribe', book), request('subscribe', book)] }
  },
  instrumentList: (restUrl: string, venueSymbols: readonly string[]) => ({
    url: `${withoutSlash(restUrl)}/0/public/AssetPairs?pair=${venueSymbols.map(altNameOf).join(',')}`,
    weight: 1,
  }),
  streamName: v2NameOf,
  bookStreamOf,
  isGoodbye: () => false,
  limits: { weightPerMinute: 60, refusalWaitMs: refusalWaits({ 429: 600_000, 403: 600_000 }) },
} satisfies LiveProtocol

/** XBTUSD: the name without a slash, as REST requires. */
const altNameOf = (pair: string) => encodeURIComponent(v1NameOf(pair).replace('/', ''))
const request = (method: string, params: object) => JSON.stringify({ method, params })
const bookOf = (pairs: readonly string[]) => ({ channel: 'book', symbol: pairs, depth: BOOK_DEPTH })

function chunksOf(pairs: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(pairs.length / CHUNK) }, (_, i) => pairs.slice(i * CHUNK, (i + 1) * CHUNK))
}

const latin1 = new TextDecoder('latin1')
/** How much of the beginning and of the end of a message is inspected. */
const EDGE = 80
/** Behind the brace and the quote: messages of a channel begin with its name, answers with their error or method. */
const FIRST_KEY = 2
const C = 0x63

/** The pair of a book snapshot. The position of its type in the message is not guaranteed, but it is at an edge. */
function bookStreamOf(message: Uint8Array): string | undefined {
  const edges = latin1.decode(message.subarray(0, EDGE)) + latin1.decode(message.subarray(-EDGE))
  if (!edges.includes('"snapshot"') || !edges.includes('"book"')) return undefined
  const { channel, type, data } = objectOf(message)
  const [book] = Array.isArray(data) ? (data as readonly unknown[]) : []
  if (channel !== 'book' || type !== 'snapshot' || !isJsonObject(book)) return undefined
  return typeof book['symbol'] === 'string' ? book['symbol'] : undefined
}

/** `{ error, method: 'subscribe', success: false, symbol }`; the symbol is absent when it is not at fault. */
function refusalOf(message: Uint8Array): SubscriptionRefusal | undefined {
  if (message[FIRST_KEY] === C) return undefined
  const { method, success, error, symbol } = objectOf(message)
  if (method !== 'subscribe' || success !== false) return undefined
  return {
    ...(typeof symbol === 'string' && { stream: symbol }),
    detail: typeof error === 'string' ? error : 'no reason',
  }
}

/** The JSON object of a message; an empty one for any other. */
function objectOf(message: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(latin1.decode(message))
    return isJsonObject(json) ? json : {}
  } catch {
    return {}
  }
}
