import type { Instrument } from '@triplane/contracts'
import type { Logger } from '@triplane/logging'
import { createMetrics, type Metrics } from './metrics.ts'

export interface PlaneMetricsOptions {
  readonly instruments: readonly Instrument[]
  /** Label of the feed: sim, capture. */
  readonly source: string
  readonly maxSeries: number
  /** Told of what does not fit under the cap. */
  readonly logger: Logger
}

/** The metrics of a plane, wherever it runs, with what runs from `TRIPLANE_VERSION` and `TRIPLANE_COMMIT`. */
export function createPlaneMetrics<Plane extends 'data_plane' | 'order_plane' | 'strategy_plane'>(
  plane: Plane,
  { instruments, source, maxSeries, logger }: PlaneMetricsOptions,
): Metrics<Plane> {
  const { TRIPLANE_VERSION: version = 'unknown', TRIPLANE_COMMIT: commit = 'unknown' } = process.env
  return createMetrics(plane, {
    instruments: instruments.map(({ exchange, symbol }) => ({ source, exchange, symbol })),
    labels: { strategy: ['OFI'] },
    maxSeries,
    build: { version, commit },
    onSeriesDropped: (drop) => logger.warning('Series dropped: the cap is reached', { drop }),
  })
}
