import type { MetricSet } from '../metrics.ts'
import type { OtlpExport, OtlpExportOptions } from './otlp-export.ts'

/** Calls `startOtlpExport` when an endpoint is configured. The exporter is loaded only then. */
export async function openOtlpExport(
  metrics: Pick<MetricSet, 'service' | 'exposeParts'>,
  { endpoint, ...options }: Omit<OtlpExportOptions, 'endpoint'> & { readonly endpoint: string | undefined },
): Promise<OtlpExport | undefined> {
  if (endpoint === undefined) return undefined
  const { startOtlpExport } = await import('./otlp-export.ts')
  return startOtlpExport(metrics, { ...options, endpoint })
}
