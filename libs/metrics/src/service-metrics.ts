import { buildInfo } from '@triplane/config'
import { labelOf } from '@triplane/contracts'
import type { Logger } from '@triplane/logging'
import type { Catalog } from './definition.ts'
import { createMetrics } from './metrics.ts'

export interface ServiceMetricsOptions {
  readonly maxSeries: number
  /** Called with what does not fit under the cap. */
  readonly logger: Logger
}

/**
 * The metrics of a service that is not a plane, `metrics`, and the handles of its own family, `own`, whose names are
 * `<service>_<name>`.
 */
export function createServiceMetrics<C extends Catalog>(
  service: string,
  family: C,
  { maxSeries, logger }: ServiceMetricsOptions,
) {
  const metrics = createMetrics<string>(labelOf(service), {
    maxSeries,
    build: buildInfo,
    onSeriesDropped: (drop) => logger.warning('Series dropped: the cap is reached', { drop }),
  })
  return { metrics, own: metrics.extend(labelOf(service), family) }
}
