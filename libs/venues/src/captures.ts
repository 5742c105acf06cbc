import { exchanges } from './registry.ts'
import type { PayloadHint } from './venue.ts'

/** Id of the venue whose payload follows a URL; undefined when no exchange claims it. */
export function venueOfUrl(url: string): string | undefined {
  const parsed = new URL(url)
  for (const { captures } of exchanges) {
    const venue = captures?.venueOfUrl(parsed)
    if (venue !== undefined) return venue
  }
  return undefined
}

/** Tells venue and depth stream from the text of one JSON payload. Any other text yields no hint. */
export function inspectPayload(text: string): PayloadHint {
  let payload: unknown
  try {
    payload = JSON.parse(text)
  } catch {
    return {}
  }
  for (const { captures } of exchanges) {
    const hint = captures?.inspect(payload)
    if (hint?.venue !== undefined || hint?.depthSymbol !== undefined) return hint
  }
  return {}
}

/** The name of a recognised but unsupported venue; undefined for a supported one, or none. */
export function unsupportedVenue(id: string): string | undefined {
  const signs = exchanges.find(({ captures }) => captures !== undefined && Object.hasOwn(captures.unsupported, id))
  return signs?.captures?.unsupported[id]
}

/** The ids of the venues whose recordings are supported. */
export const recordedVenues: readonly string[] = exchanges.flatMap((exchange) =>
  exchange.captures ? exchange.venues.map(({ id }) => id) : [],
)
