import type { EventType } from '@triplane/contracts'
import type { Metrics } from './metrics.ts'

/** The names that metrics have for what is stored. */
const storedAs = {
  trade: 'tick',
  quote: 'quote',
  bar: 'bar',
  ofi: 'ofi',
  signal: 'signal',
  orderEvent: 'order',
  fill: 'fill',
  portfolioState: 'portfolio',
  deadLetter: 'dead_letter',
} as const satisfies Partial<Record<EventType, string>>
/** Every type that is stored has one. */
const labelsOf = (type: EventType) => ({ event_type: storedAs[type as keyof typeof storedAs] })

/** What a history store is to tell of: rows that are lost, for every service that stores. */
export function exportLostRows({ storageLost }: Pick<Metrics<string>, 'storageLost'>) {
  const lost = (type: EventType, rows: number): void => storageLost.inc(labelsOf(type), rows)
  return {
    stored: (): void => undefined,
    failed: lost,
    dropped: lost,
    torn: (rows: number): void => storageLost.inc({ event_type: 'unknown' }, rows),
  }
}

/** The same, and what is stored, for the data plane. */
export function exportHistory(metrics: Metrics<'data_plane'>) {
  const ofEveryService = exportLostRows(metrics)
  const failed = (type: EventType, rows: number): void =>
    metrics.storageWrites.inc({ ...labelsOf(type), status: 'error' }, rows)
  const lost = (type: EventType, rows: number): void => {
    ofEveryService.failed(type, rows)
    failed(type, rows)
  }
  return {
    ...ofEveryService,
    stored(type: EventType, rows: number, _known: number, seconds: number): void {
      const labels = labelsOf(type)
      metrics.storageWrites.inc({ ...labels, status: 'ok' }, rows)
      metrics.storageWriteLatency.observe(labels, seconds)
      metrics.storageLastWrite.set(labels, Date.now() / 1000)
    },
    failed: lost,
    dropped: lost,
    // Tried again, and counted at each attempt.
    delayed: failed,
  }
}
