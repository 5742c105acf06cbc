// The metrics of a service
export { catalogs, createMetrics, withPrefix, type Metrics } from './metrics.ts'
export { createServiceMetrics } from './service-metrics.ts'
export { createPlaneMetrics, quotedPrices, type PlaneMetricsOptions } from './plane-metrics.ts'
export type { CounterHandle, HistogramHandle } from './handles.ts'
// Catalogues
export { everyServiceCatalog } from './catalog/every-service.ts'
export { processCatalog } from './catalog/process.ts'
export {
  among,
  counter,
  histogram,
  isPlanned,
  labelName,
  measurement,
  type Catalog,
  type Label,
  type MetricDefinition,
} from './definition.ts'
// Serving them
export { MetricsServerError, startMetricsServer, type MetricsServer } from './metrics-server.ts'
// Sending them elsewhere
export { openOtlpExport } from './otlp/open-otlp-export.ts'
// Reading them
export { createExpositionReader, type ExposedMetric } from './otlp/read-exposition.ts'
// What a bus counts
export { exportBusStats, type BusTopics, type TopicCounts } from './bus-stats.ts'
// What history stores
export { exportHistory, exportLostRows } from './history-stats.ts'
