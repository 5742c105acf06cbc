/** Waits when the venue names none, milliseconds: a 429 counts by the minute, a ban lasts 2 minutes at least. */
const UNNAMED_WAITS_MS: Readonly<Record<number, number>> = { 429: 60_000, 418: 120_000, 403: 300_000 }
const SECOND_MS = 1_000

/**
 * How long nothing may be sent after an answer with this status, milliseconds; undefined when it is no matter of rates.
 * 429 is too many requests, 418 a ban of the address for going on after a 429, 403 its firewall. `retryAfter` is seconds.
 */
export function refusalWaitMs(status: number, retryAfter: string | undefined): number | undefined {
  const unnamedMs = UNNAMED_WAITS_MS[status]
  if (unnamedMs === undefined) return undefined
  const seconds = Number(retryAfter)
  return retryAfter !== undefined && seconds > 0 ? seconds * SECOND_MS : unnamedMs
}
