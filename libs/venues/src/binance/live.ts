import { invariant } from '@triplane/kernel'
import type { LiveProtocol } from '../live-protocol.ts'
import { withoutSlash } from '../without-slash.ts'
import { refusalWaitMs } from './retry-after.ts'

/** The URLs of a product, and the cost of its REST answers. */
interface Endpoints {
  /** Base of `/stream?streams=`. */
  readonly wsUrl: string
  readonly restUrl: string
  readonly depthPath: string
  /** Request weight of a snapshot of `DEPTH_LEVELS` levels, of the weight that an address may use in a minute. */
  readonly depthWeight: number
  readonly listPath: string
  /** The list can be limited to some instruments; otherwise it is that of all. */
  readonly listsSome: boolean
  readonly listWeight: number
  readonly weightPerMinute: number
}

/** Levels per side in a REST snapshot: the most that USD-M has, and as many as in the recorded captures. */
const DEPTH_LEVELS = 1000
/** Streams of one instrument, and that of its book. */
const STREAMS = ['trade', 'bookTicker'] as const
const BOOK_STREAM = 'depth@100ms'
/** Binance allows 1024 streams per connection, but they are named in the URL, and intermediaries refuse long ones. */
const MAX_INSTRUMENTS = 100
const DAY_MS = 24 * 3600 * 1000

/** As documented on developers.binance.com in 2026. */
export const spotLive = liveProtocol({
  wsUrl: 'wss://stream.binance.com:9443',
  restUrl: 'https://api.binance.com',
  depthPath: '/api/v3/depth',
  depthWeight: 50,
  listPath: '/api/v3/exchangeInfo',
  listsSome: true,
  listWeight: 20,
  weightPerMinute: 6000,
})

/**
 * As documented on developers.binance.com in 2026. USD-M streams are split over routed paths since 2026-04-23, and an unknown
 * route stays silent without an error: books, quotes and raw trades come from `/public`.
 */
export const usdmLive = liveProtocol({
  wsUrl: 'wss://fstream.binance.com/public',
  restUrl: 'https://fapi.binance.com',
  depthPath: '/fapi/v1/depth',
  depthWeight: 20,
  listPath: '/fapi/v1/exchangeInfo',
  listsSome: false,
  listWeight: 1,
  weightPerMinute: 2400,
})

function liveProtocol({ wsUrl, restUrl, depthPath, depthWeight, ...rest }: Endpoints) {
  const { listPath, listsSome, listWeight, weightPerMinute } = rest
  return {
    source: 'binance_ws',
    wsUrl,
    restUrl,
    streamsUrl,
    snapshot: (base: string, venueSymbol: string) => ({
      url: `${withoutSlash(base)}${depthPath}?symbol=${venueSymbol.toUpperCase()}&limit=${DEPTH_LEVELS}`,
      weight: depthWeight,
    }),
    instrumentList(base: string, venueSymbols: readonly string[]) {
      const symbols = JSON.stringify(venueSymbols.map((symbol) => symbol.toUpperCase()))
      const query = listsSome ? `?symbols=${encodeURIComponent(symbols)}` : ''
      return { url: `${withoutSlash(base)}${listPath}${query}`, weight: listWeight }
    },
    streamName: (venueSymbol: string) => venueSymbol.toLowerCase(),
    bookStreamOf,
    isGoodbye,
    limits: { weightPerMinute, usedWeightHeader: 'x-mbx-used-weight-1m', refusalWaitMs, maxAgeMs: DAY_MS },
  } satisfies LiveProtocol
}

function streamsUrl(wsUrl: string, venueSymbols: readonly string[], bookSymbols = venueSymbols): string {
  const count = venueSymbols.length
  invariant(count > 0 && count <= MAX_INSTRUMENTS, `a connection has 1 to ${MAX_INSTRUMENTS} instruments`, count)
  const withBook = new Set(bookSymbols)
  const streams = venueSymbols.flatMap((symbol) =>
    [...STREAMS, ...(withBook.has(symbol) ? [BOOK_STREAM] : [])].map((stream) => `${symbol.toLowerCase()}@${stream}`),
  )
  return `${withoutSlash(wsUrl)}/stream?streams=${streams.join('/')}`
}

const latin1 = new TextDecoder('latin1')
const BANG = 0x21
const E = 0x65
const STREAM_NAME = '{"stream":"'.length
const FIRST_KEY = '{"'.length

/** The message that a spot server sends before it shuts down, bare or wrapped in a stream. */
function isGoodbye(message: Uint8Array): boolean {
  if (message[STREAM_NAME] !== BANG && message[FIRST_KEY] !== E) return false
  const head = latin1.decode(message.subarray(0, 80))
  return /^\{(?:"stream":"!serverShutdown","data":\{)?"e":"serverShutdown"/.test(head)
}

function bookStreamOf(message: Uint8Array): string | undefined {
  return /^\{"stream":"([^"@]+)@depth@/.exec(latin1.decode(message.subarray(0, 60)))?.[1]
}
