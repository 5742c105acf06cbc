/** A duration in the format of Prometheus and Alertmanager: `30s`, `1h30m`. */
export const DURATION = /^(?=\d)(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/

const UNIT_MS: Readonly<Record<string, number>> = {
  y: 365 * 86_400_000,
  w: 7 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
}

/** Its length in milliseconds; undefined when `text` is not a duration. */
export function durationMs(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined
  const parts = [...text.matchAll(/(\d+)(ms|[ywdhms])/g)]
  return parts.reduce((sumMs, [, count, unit]) => sumMs + Number(count) * (UNIT_MS[unit ?? ''] ?? 0), 0)
}
