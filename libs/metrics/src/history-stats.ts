import { definitionOf, type EventType, type StoredAs } from '@triplane/contracts'
import { invariant } from '@triplane/kernel'
import type { Metrics } from './metrics.ts'

function labelsOf(type: EventType): { readonly event_type: StoredAs } {
  const { store } = definitionOf[type]
  invariant(store !== undefined, 'what is kept as history has a name for metrics', type)
  return { event_type: store.as }
}

/** Exports the lost rows of a history store of `types`, for every service that stores. */
export function exportLostRows({ storageLost }: Pick<Metrics<string>, 'storageLost'>, types: readonly EventType[]) {
  for (const type of types) storageLost.of(labelsOf(type))
  storageLost.of({ event_type: 'unknown' })
  const lost = (type: EventType, rows: number): void => storageLost.inc(labelsOf(type), rows)
  return {
    stored: (): void => undefined,
    failed: lost,
    dropped: lost,
    torn: (rows: number): void => storageLost.inc({ event_type: 'unknown' }, rows),
  }
}

/** Exports the lost and the stored rows, for the data plane. */
export function exportHistory(metrics: Metrics<'data_plane'>, types: readonly EventType[]) {
  const ofEveryService = exportLostRows(metrics, types)
  for (const labels of types.map(labelsOf)) {
    for (const status of ['ok', 'error'] as const) metrics.storageWrites.of({ ...labels, status })
    metrics.storageWriteLatency.of(labels)
  }
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
    // Retried, and counted at each attempt.
    delayed: failed,
  }
}
