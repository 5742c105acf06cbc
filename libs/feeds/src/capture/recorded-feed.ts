import { isJsonObject } from '@triplane/venues'

/** The live feed that a recording of our own is of, from its header: a replay of it is the same run. */
export interface RecordedFeed {
  /** Label of metrics and events: binance_ws. */
  readonly source: string
  readonly venue: string
  /** Symbols of the run's instruments. */
  readonly symbols: readonly string[]
}

/** Parses a recorder's text about its feed; undefined for any other text. */
export function readRecordedFeed(text: string): RecordedFeed | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isJsonObject(json)) return undefined
  const { source, venue, symbols } = json
  if (typeof source !== 'string' || typeof venue !== 'string' || !Array.isArray(symbols)) return undefined
  const names = (symbols as readonly unknown[]).filter((symbol) => typeof symbol === 'string')
  return names.length === symbols.length ? { source, venue, symbols: names } : undefined
}
