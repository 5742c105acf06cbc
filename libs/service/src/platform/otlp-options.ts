import type { Logger } from '@triplane/logging'
import type { openOtlpExport } from '@triplane/metrics'
import type { ServiceConfig } from '../service-config.ts'

/** Where a service pushes its metrics, and how it reports failures. */
export function otlpOptions(
  { metrics }: Pick<ServiceConfig, 'metrics'>,
  logger: Logger,
): Parameters<typeof openOtlpExport>[1] {
  return {
    endpoint: metrics.otlpEndpoint,
    everyMs: metrics.otlpEveryMs,
    onFault(fault) {
      if (fault) logger.warning('Cannot send metrics by OTLP', { endpoint: metrics.otlpEndpoint, fault })
      else logger.info('Metrics are sent by OTLP again')
    },
  }
}
