const WITH_FRACTION = /^(.*T\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/

/**
 * Parses the RFC 3339 time `text` to whole microseconds since the epoch, truncating finer digits; undefined when it is not one.
 */
export function parseRfc3339Us(text: string): number | undefined {
  const [, seconds = '', fraction = '', zone = ''] = WITH_FRACTION.exec(text) ?? []
  const ms = parseIsoTimeMs(`${seconds}${zone}`)
  return ms === undefined ? undefined : ms * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'))
}

/**
 * Parses the ISO 8601 time `text` to milliseconds since the epoch; undefined when it is not one. Refuses a day that its month
 * does not have, such as 30 February, which `Date.parse` would move into the next month.
 */
export function parseIsoTimeMs(text: string): number | undefined {
  const date = /^(\d{4})-(\d\d)-(\d\d)(?!\d)/.exec(text)
  if (!date) return undefined
  const [year, month, day] = date.slice(1).map(Number) as [number, number, number]
  const daysOfMonth = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const ms = Date.parse(text)
  return month < 1 || month > 12 || day < 1 || day > daysOfMonth || Number.isNaN(ms) ? undefined : ms
}
