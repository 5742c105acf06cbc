import { buildInfo } from '@triplane/config'
import type { Instrument } from '@triplane/contracts'
import type { Logger } from '@triplane/logging'
import { createMetrics, type Metrics } from './metrics.ts'

export interface PlaneMetricsOptions {
  readonly instruments: readonly Instrument[]
  /** Label of the feed: sim, capture. */
  readonly source: string
  /** Label values of `strategy` whose series are there from the start. */
  readonly strategies?: readonly string[]
  readonly maxSeries: number
  /** Told of what does not fit under the cap. */
  readonly logger: Logger
}

/** The metrics of a plane, wherever it runs, and what runs. */
export function createPlaneMetrics<Plane extends 'data_plane' | 'order_plane' | 'strategy_plane'>(
  plane: Plane,
  { instruments, source, strategies = [], maxSeries, logger }: PlaneMetricsOptions,
): Metrics<Plane> {
  return createMetrics(plane, {
    instruments: instruments.map(({ exchange, symbol }) => ({ source, exchange, symbol })),
    labels: { strategy: strategies },
    maxSeries,
    build: buildInfo,
    onSeriesDropped: (drop) => logger.warning('Series dropped: the cap is reached', { drop }),
  })
}
