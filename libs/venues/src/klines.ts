import type { Timeframe } from '@triplane/contracts'
import type { Result } from '@triplane/kernel'
import type { FrameRefusal } from '@triplane/market-data'
import type { JsonObject } from './field-reader.ts'
import type { RestRequest } from './live-protocol.ts'

/** The bars to request. */
interface KlinesQuery {
  readonly venueSymbol: string
  readonly timeframe: Timeframe
  /** Number of finished bars, the newest; at most `mostBars` of the venue. */
  readonly bars: number
  /** Wall time, microseconds. */
  readonly nowUs: number
}

/** The bars that a URL requests. */
interface AskedBars {
  /** The pair's name in URLs of the venue. */
  readonly pair: string
  readonly timeframe: Timeframe
}

/** How to request past bars from a venue by REST, and how to read the answers: data and pure functions. */
export interface Klines {
  /** The most bars in one answer, besides the one in progress. */
  readonly mostBars: number
  readonly request: (restUrl: string, query: KlinesQuery) => RestRequest
  /** What a URL requests, whatever its host; undefined when it is not a URL of bars. */
  readonly askedBy: (url: URL) => AskedBars | undefined
  /** The name of a venue symbol's pair in URLs. */
  readonly pairOf: (venueSymbol: string) => string
  /**
   * The rows of an answer, oldest first, the last one in progress: `time` (its start, milliseconds), `open`, `high`, `low`,
   * `close`, `volume` (base units) and `trades` (a count), as sent. Refuses anything but a list of rows.
   */
  readonly rows: (json: unknown) => Result<readonly JsonObject[], FrameRefusal>
}

/** Turns rows that are arrays into objects: each column under its name. A row that is not an array becomes an empty one. */
export function namedRows(rows: readonly unknown[], columns: Readonly<Record<string, number>>): readonly JsonObject[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, at]) => [name, Array.isArray(row) ? (row[at] as unknown) : undefined]),
    ),
  )
}
