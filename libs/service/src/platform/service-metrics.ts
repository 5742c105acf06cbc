import type { Instrument } from '@triplane/contracts'
import type { Logger } from '@triplane/logging'
import { createMetrics } from '@triplane/metrics'

const build = {
  version: process.env['TRIPLANE_VERSION'] ?? 'unknown',
  commit: process.env['TRIPLANE_COMMIT'] ?? 'unknown',
}

/** The stages of each plane, whose counts are 0 before they are anything else. */
const stagesOf = {
  data_plane: ['normalize', 'validate', 'publish'],
  order_plane: ['risk', 'decode'],
  strategy_plane: ['signals', 'portfolio', 'intents', 'decode'],
} as const

/** The metrics of a plane that is a process of its own. */
export function createServiceMetrics<Service extends keyof typeof stagesOf>(
  service: Service,
  instruments: readonly Instrument[],
  source: string,
  maxSeries: number,
  logger: Logger,
) {
  return createMetrics(service, {
    instruments: instruments.map(({ exchange, symbol }) => ({ source, exchange, symbol })),
    labels: { strategy: ['OFI'], stage: stagesOf[service] },
    maxSeries,
    build,
    onSeriesDropped: (drop: unknown) => logger.warning('Series dropped: the cap is reached', { drop }),
  })
}
