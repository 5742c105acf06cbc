// The metrics of a service
export {
  catalogs,
  createMetrics,
  type CatalogOf,
  type Metrics,
  type MetricSet,
  type MetricsOf,
  type MetricsOptions,
} from './metrics.ts'
export { createPlaneMetrics, type PlaneMetricsOptions } from './plane-metrics.ts'
export type { CounterHandle, GaugeHandle, HistogramHandle } from './handles.ts'
export type { InstrumentLabels } from './known-label-sets.ts'
export type { SeriesDrop } from './series-registry.ts'
// Catalogues
export { everyServiceCatalog } from './catalog/every-service.ts'
export { processCatalog } from './catalog/process.ts'
export {
  among,
  counter,
  gauge,
  histogram,
  isPlanned,
  labelName,
  measurement,
  planned,
  type Catalog,
  type ClosedLabel,
  type Label,
  type LabelValues,
  type MetricDefinition,
  type MetricType,
  type Priority,
  within,
} from './definition.ts'
// Serving them
export { TEXT_CONTENT_TYPE } from './exposition.ts'
export { readExposition, type ExposedMetric, type Sample } from './otlp/read-exposition.ts'
export { selections, type Selection } from './scrape.ts'
export {
  MetricsServerError,
  startMetricsServer,
  type MetricsServer,
  type MetricsServerOptions,
} from './metrics-server.ts'
// Sending them elsewhere
export { openOtlpExport } from './otlp/open-otlp-export.ts'
export type { OtlpExport, OtlpExportOptions } from './otlp/otlp-export.ts'
// What a bus counts
export { exportBusStats, type BusTopics, type TopicCounts } from './bus-stats.ts'
// What history stores
export { exportHistory, exportLostRows } from './history-stats.ts'
