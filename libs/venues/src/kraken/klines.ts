import { timeframes, type Timeframe } from '@triplane/contracts'
import { err, ok, US_PER_MINUTE, US_PER_SECOND } from '@triplane/kernel'
import { describeValue, timeframeUs } from '@triplane/market-data'
import { isJsonObject, type JsonObject } from '../field-reader.ts'
import { namedRows, type Klines } from '../klines.ts'
import { withoutSlash } from '../without-slash.ts'
import { v1NameOf } from './pair-names.ts'

const PATH = '/0/public/OHLC'
/** The columns; between close and volume is the average price. */
const columns = { seconds: 0, open: 1, high: 2, low: 3, close: 4, volume: 6, trades: 7 }
const minutesOf = (timeframe: Timeframe): number => timeframeUs[timeframe] / US_PER_MINUTE

/**
 * Bars as documented on docs.kraken.com ("Get OHLC Data") in 2026: an answer has up to 720, always with the one in progress
 * last. `since` limits it to the requested ones.
 */
export const krakenKlines: Klines = {
  mostBars: 719,
  request(restUrl, { venueSymbol, timeframe, bars, nowUs }) {
    const since = Math.floor((nowUs - (bars + 2) * timeframeUs[timeframe]) / US_PER_SECOND)
    const query = `pair=${encodeURIComponent(pairOf(venueSymbol))}&interval=${minutesOf(timeframe)}&since=${since}`
    return { url: `${withoutSlash(restUrl)}${PATH}?${query}`, weight: 1 }
  },
  askedBy({ pathname, searchParams }) {
    const interval = searchParams.get('interval')
    const timeframe = timeframes.find((one) => String(minutesOf(one)) === interval)
    const pair = searchParams.get('pair')
    return pathname.endsWith(PATH) && timeframe && pair ? { pair, timeframe } : undefined
  },
  pairOf,
  rows(json) {
    const { result, error }: JsonObject = isJsonObject(json) ? json : {}
    const rows = isJsonObject(result) ? Object.entries(result).find(([name]) => name !== 'last')?.[1] : undefined
    if (Array.isArray(rows)) return ok(namedRows(rows as readonly unknown[], columns).map(inMilliseconds))
    const was = `${describeValue(result)}, ${describeValue(Array.isArray(error) ? error[0] : error)}`
    return err({ code: 'unknown_message', detail: `Expected a list of bars in result, was ${was}` })
  },
}

/** XBTUSD: the name without a slash, as REST requires. */
function pairOf(venueSymbol: string): string {
  return v1NameOf(venueSymbol).replace('/', '')
}

function inMilliseconds({ seconds, ...row }: JsonObject): JsonObject {
  return { ...row, time: typeof seconds === 'number' ? seconds * 1000 : seconds }
}
