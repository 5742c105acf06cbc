import { invariant } from '@triplane/kernel'

/** The products that the live feed speaks to. */
export type BinanceVenue = 'binance_spot' | 'binance_usdm'

/** Where a product is served, and what its REST answers cost. */
interface Endpoints {
  /** Base of `/stream?streams=`. */
  readonly wsUrl: string
  readonly restUrl: string
  readonly depthPath: string
  /** Request weight of a snapshot of `DEPTH_LEVELS` levels, of the weight that an address may use in a minute. */
  readonly depthWeight: number
  readonly listPath: string
  /** The list can be asked for some instruments only; else it is that of all. */
  readonly listsSome: boolean
  readonly listWeight: number
  readonly weightPerMinute: number
}

/** Levels of a side in a REST snapshot: the most that USD-M has, and what the recorded captures hold. */
const DEPTH_LEVELS = 1000
/** Streams of one instrument. */
const STREAMS = ['trade', 'bookTicker', 'depth@100ms'] as const
/** Binance takes 1024 streams a connection, but they are named in the URL, and long ones are refused on the way. */
const MAX_INSTRUMENTS = 100

/**
 * As documented on developers.binance.com in 2026. USD-M streams are split over routed paths since 2026-04-23, and an
 * unknown route stays silent without an error: books, quotes and raw trades come from `/public`.
 */
export const endpointsOf: Readonly<Record<BinanceVenue, Endpoints>> = {
  binance_spot: {
    wsUrl: 'wss://stream.binance.com:9443',
    restUrl: 'https://api.binance.com',
    depthPath: '/api/v3/depth',
    depthWeight: 50,
    listPath: '/api/v3/exchangeInfo',
    listsSome: true,
    listWeight: 20,
    weightPerMinute: 6000,
  },
  binance_usdm: {
    wsUrl: 'wss://fstream.binance.com/public',
    restUrl: 'https://fapi.binance.com',
    depthPath: '/fapi/v1/depth',
    depthWeight: 20,
    listPath: '/fapi/v1/exchangeInfo',
    listsSome: false,
    listWeight: 1,
    weightPerMinute: 2400,
  },
}

/** The URL of one connection that carries every stream of the venue symbols. */
export function streamsUrl(wsUrl: string, venueSymbols: readonly string[]): string {
  const count = venueSymbols.length
  invariant(count > 0 && count <= MAX_INSTRUMENTS, `a connection has 1 to ${MAX_INSTRUMENTS} instruments`, count)
  const streams = venueSymbols.flatMap((symbol) => STREAMS.map((stream) => `${symbol.toLowerCase()}@${stream}`))
  return `${withoutSlash(wsUrl)}/stream?streams=${streams.join('/')}`
}

/** The URL of a venue symbol's REST snapshot. */
export function depthUrl(restUrl: string, venue: BinanceVenue, venueSymbol: string): string {
  const path = endpointsOf[venue].depthPath
  return `${withoutSlash(restUrl)}${path}?symbol=${venueSymbol.toUpperCase()}&limit=${DEPTH_LEVELS}`
}

/** The URL of the venue's own list of its instruments, with their steps. */
export function listUrl(restUrl: string, venue: BinanceVenue, venueSymbols: readonly string[]): string {
  const { listPath, listsSome } = endpointsOf[venue]
  const symbols = JSON.stringify(venueSymbols.map((symbol) => symbol.toUpperCase()))
  return `${withoutSlash(restUrl)}${listPath}${listsSome ? `?symbols=${encodeURIComponent(symbols)}` : ''}`
}

function withoutSlash(url: string): string {
  return url.endsWith('/') ? url.slice(0, -1) : url
}
