import type { Instrument } from '@triplane/contracts'
import type { Logger } from '@triplane/logging'
import { createMetrics, type Metrics } from './metrics.ts'

/** The stages of each plane, whose counts are 0 before they are anything else. */
const stagesOf = {
  data_plane: ['normalize', 'validate', 'publish'],
  order_plane: ['risk'],
  strategy_plane: ['signals', 'portfolio', 'intents'],
}

export interface PlaneMetricsOptions {
  readonly instruments: readonly Instrument[]
  /** Label of the feed: sim, capture. */
  readonly source: string
  /** Stages that the plane's host counts beside the plane's own. */
  readonly hostStages?: readonly string[]
  readonly maxSeries: number
  /** Told of what does not fit under the cap. */
  readonly logger: Logger
}

/** The metrics of a plane, wherever it runs, with what runs from `TRIPLANE_VERSION` and `TRIPLANE_COMMIT`. */
export function createPlaneMetrics<Plane extends keyof typeof stagesOf>(
  plane: Plane,
  { instruments, source, hostStages = [], maxSeries, logger }: PlaneMetricsOptions,
): Metrics<Plane> {
  const { TRIPLANE_VERSION: version = 'unknown', TRIPLANE_COMMIT: commit = 'unknown' } = process.env
  return createMetrics(plane, {
    instruments: instruments.map(({ exchange, symbol }) => ({ source, exchange, symbol })),
    labels: { strategy: ['OFI'], stage: [...stagesOf[plane], ...hostStages] },
    maxSeries,
    build: { version, commit },
    onSeriesDropped: (drop) => logger.warning('Series dropped: the cap is reached', { drop }),
  })
}
