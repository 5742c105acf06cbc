import type { Metrics } from './metrics.ts'

/** The name that metrics have for what is stored. */
const storedAs = {
  trade: 'tick',
  quote: 'quote',
  bar: 'bar',
  ofi: 'ofi',
  orderEvent: 'order',
  fill: 'fill',
  portfolioState: 'portfolio',
} as const
const hasName = (type: string): type is keyof typeof storedAs => Object.hasOwn(storedAs, type)

/** What a history store is to tell of, for the data plane's metrics. */
export function exportHistory(metrics: Metrics<'data_plane'>) {
  const count = (type: string, status: 'ok' | 'error', rows: number) => {
    if (hasName(type)) metrics.storageWrites.inc({ event_type: storedAs[type], status }, rows)
  }
  return {
    stored(type: string, rows: number, _known: number, seconds: number): void {
      count(type, 'ok', rows)
      if (!hasName(type)) return
      metrics.storageWriteLatency.observe({ event_type: storedAs[type] }, seconds)
      metrics.storageLastWrite.set({ event_type: storedAs[type] }, Date.now() / 1000)
    },
    failed: (type: string, rows: number): void => count(type, 'error', rows),
    dropped: (type: string, rows: number): void => count(type, 'error', rows),
  }
}
