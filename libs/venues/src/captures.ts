import { exchanges } from './registry.ts'
import type { PayloadHint } from './venue.ts'

/** Id of the venue whose payload a URL leads to; undefined for what no exchange claims. */
export function venueOfUrl(url: string): string | undefined {
  const parsed = new URL(url)
  for (const { captures } of exchanges) {
    const venue = captures?.venueOfUrl(parsed)
    if (venue !== undefined) return venue
  }
  return undefined
}

/** Tells venue and depth stream from the text of one JSON payload. One that is not JSON says nothing. */
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

/** What a venue that was told apart is called when it is not supported; undefined when it is, or is no venue at all. */
export function unsupportedVenue(id: string): string | undefined {
  const signs = exchanges.find(({ captures }) => captures !== undefined && Object.hasOwn(captures.unsupported, id))
  return signs?.captures?.unsupported[id]
}

/** The ids of the venues that recordings can be of. */
export const recordedVenues: readonly string[] = exchanges.flatMap((exchange) =>
  exchange.captures ? exchange.venues.map(({ id }) => id) : [],
)
