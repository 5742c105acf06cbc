import type { Timeframe } from '@triplane/contracts'
import type { Result } from '@triplane/kernel'
import type { FrameRefusal } from '@triplane/market-data'
import type { JsonObject } from './field-reader.ts'
import type { RestRequest } from './live-protocol.ts'

/** Which bars are asked for. */
interface KlinesQuery {
  readonly venueSymbol: string
  readonly timeframe: Timeframe
  /** How many of the newest that are over, at most `mostBars` of the venue. */
  readonly bars: number
  /** Wall time, microseconds. */
  readonly nowUs: number
}

/** What a URL of bars asks for. */
interface AskedBars {
  /** The pair as URLs of the venue name it. */
  readonly pair: string
  readonly timeframe: Timeframe
}

/** How a venue is asked by REST for the bars of the time before, and what its answers say: data and pure functions. */
export interface Klines {
  /** Most bars that one answer has, beside the one in progress. */
  readonly mostBars: number
  readonly request: (restUrl: string, query: KlinesQuery) => RestRequest
  /** What a URL asks for, whatever its host; undefined when it is no URL of bars. */
  readonly askedBy: (url: URL) => AskedBars | undefined
  /** The pair of a venue symbol as URLs name it. */
  readonly pairOf: (venueSymbol: string) => string
  /**
   * The rows of an answer, oldest first, the last one in progress: `time` (its start, milliseconds), `open`, `high`, `low`, `close`,
   * `volume` (base units) and `trades` (a count), as they were sent. Refuses what is no list of rows.
   */
  readonly rows: (json: unknown) => Result<readonly JsonObject[], FrameRefusal>
}

/** Rows that are arrays as objects: each column under its name. What is no array is an empty row. */
export function namedRows(rows: readonly unknown[], columns: Readonly<Record<string, number>>): readonly JsonObject[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, at]) => [name, Array.isArray(row) ? (row[at] as unknown) : undefined]),
    ),
  )
}
