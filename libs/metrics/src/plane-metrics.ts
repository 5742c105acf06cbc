import { buildInfo } from '@triplane/config'
import { isTraded, type Instrument } from '@triplane/contracts'
import type { Logger } from '@triplane/logging'
import { createMetrics, type Metrics, type MetricsOptions } from './metrics.ts'

type PlaneLabel = 'data_plane' | 'order_plane' | 'strategy_plane'

export interface PlaneMetricsOptions {
  /** The instruments that the plane sees. */
  readonly instruments: readonly Instrument[]
  /** Label of the feed: `sim`, `capture`. */
  readonly source: string
  /** Label values of `strategy` whose series exist from the start. */
  readonly strategies?: readonly string[]
  readonly maxSeries: number
  /** Called with what does not fit under the cap. */
  readonly logger: Logger
}

/** The metrics of a plane, wherever it runs, with its version. `show` creates the other series that are known at start. */
export function createPlaneMetrics<Plane extends PlaneLabel>(
  plane: Plane,
  { instruments, source, strategies = [], maxSeries, logger }: PlaneMetricsOptions,
  show: NonNullable<MetricsOptions<Plane>['show']> = () => undefined,
): Metrics<Plane> {
  return createMetrics(plane, {
    show,
    instruments: instruments.filter(isTraded).map(({ exchange, symbol }) => ({ source, exchange, symbol })),
    quoted: instruments
      .filter((instrument) => !isTraded(instrument))
      .flatMap(({ kind, exchange, symbol }) => quotedPrices(kind).map((type) => ({ source, exchange, symbol, type }))),
    labels: { strategy: strategies },
    maxSeries,
    build: buildInfo,
    onSeriesDropped: (drop) => logger.warning('Series dropped: the cap is reached', { drop }),
  })
}

/** The prices shown for an instrument that is only quoted: an index has no bid and ask, and a quoted option seldom trades. */
export const quotedPrices = (kind: Instrument['kind']) =>
  kind === 'index' ? (['last'] as const) : (['bid', 'ask'] as const)
