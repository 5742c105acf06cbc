import { timeframes } from '@triplane/contracts'
import { err, ok } from '@triplane/kernel'
import { describeValue } from '@triplane/market-data'
import { namedRows, type Klines } from '../klines.ts'
import { withoutSlash } from '../without-slash.ts'

/** The columns: the time a bar opened, its prices and its volume, then its end and the volume in quote currency. */
const columns = { time: 0, open: 1, high: 2, low: 3, close: 4, volume: 5, trades: 8 }

/** A product's endpoint for klines. */
interface KlinesEndpoint {
  readonly path: string
  /** Request weight of an answer with `limit` klines. */
  readonly weightOf: (limit: number) => number
}

/** As documented on developers.binance.com in 2026. */
export const spotKlines = klinesOf({ path: '/api/v3/klines', weightOf: () => 2 })
/** As documented on developers.binance.com in 2026. */
export const usdmKlines = klinesOf({
  path: '/fapi/v1/klines',
  weightOf: (limit) => (limit < 100 ? 1 : limit < 500 ? 2 : 5),
})

/** The newest klines, the one in progress last. A refusal is an object. */
function klinesOf({ path, weightOf }: KlinesEndpoint): Klines {
  return {
    mostBars: 999,
    request(restUrl, { venueSymbol, timeframe, bars }) {
      const query = `symbol=${venueSymbol.toUpperCase()}&interval=${timeframe}&limit=${bars + 1}`
      return { url: `${withoutSlash(restUrl)}${path}?${query}`, weight: weightOf(bars + 1) }
    },
    askedBy({ pathname, searchParams }) {
      const timeframe = timeframes.find((one) => one === searchParams.get('interval'))
      const pair = searchParams.get('symbol')
      return pathname.endsWith(path) && timeframe && pair ? { pair, timeframe } : undefined
    },
    pairOf: (venueSymbol) => venueSymbol.toUpperCase(),
    rows(json) {
      if (Array.isArray(json)) return ok(namedRows(json as readonly unknown[], columns))
      return err({ code: 'unknown_message', detail: `Expected a list of klines, was ${describeValue(json)}` })
    },
  }
}
