/** Cumulative counts of a histogram in a scrape by upper bound, summed over its series. */
export function bucketsOf(text: string, name: string): Map<number, number> {
  const buckets = new Map<number, number>()
  for (const line of text.split('\n')) {
    const match = new RegExp(`^${name}_bucket\\{.*le="([^"]+)".*\\} (\\d+)`).exec(line)
    if (!match) continue
    const bound = match[1] === '+Inf' ? Infinity : Number(match[1])
    buckets.set(bound, (buckets.get(bound) ?? 0) + Number(match[2]))
  }
  return buckets
}

/** The quantile of the observations between two scrapes, computed like `histogram_quantile`: linear within a bucket. */
export function quantile(
  before: ReadonlyMap<number, number>,
  after: ReadonlyMap<number, number>,
  share: number,
): number {
  const counts = [...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)] as const)
  const wanted = share * Math.max(...counts.map(([, count]) => count))
  let [from, under] = [0, 0]
  for (const [bound, count] of counts) {
    if (count >= wanted) return bound === Infinity ? from : from + ((bound - from) * (wanted - under)) / (count - under)
    ;[from, under] = [bound, count]
  }
  return NaN
}
