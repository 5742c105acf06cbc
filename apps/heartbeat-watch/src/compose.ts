import { delay } from '@triplane/async'
import { topics } from '@triplane/contracts'
import { createServiceMetrics } from '@triplane/metrics'
import { readBus, type BusSource, type ServiceEdges, type ServiceParts } from '@triplane/service'
import { heartbeatWatchCatalog } from './catalog.ts'
import type { HeartbeatWatchConfig } from './config.ts'
import { Silences } from './silences.ts'

const NAME = 'heartbeat-watch'
const LIMIT_US = 5_000_000
const CHECK_EVERY_MS = 500

/** Composes the watch: it reads heartbeats, and judges the silence of each plane twice a second. */
export function composeHeartbeatWatch<Payload = Buffer>(
  config: HeartbeatWatchConfig,
  edges: ServiceEdges,
  source: BusSource<Payload>,
): ServiceParts {
  const { logger, clock } = edges
  const { metrics, own } = createServiceMetrics(NAME, heartbeatWatchCatalog, { ...config.metrics, logger })
  const silences = new Silences(clock.monotonicUs(), {
    limitUs: LIMIT_US,
    onMissed(plane, silenceUs) {
      own.missed.inc({ plane })
      logger.warning('A heartbeat is missing', { plane, silence_seconds: silenceUs / 1e6 })
    },
    onBack: (plane, silenceUs) => logger.info('The plane is heard again', { plane, silence_seconds: silenceUs / 1e6 }),
  })
  metrics.beforeScrape(() => {
    for (const [plane, ageUs] of silences.ages(clock.monotonicUs())) own.age.set({ plane }, ageUs / 1e6)
  })
  const reader = readBus(
    {
      ...{ group: NAME, topics: [topics.heartbeats], source, metrics },
      handle(events, { producer }) {
        const plane = producer.replace(/\.edge$/, '')
        own.missed.of({ plane })
        for (const event of events)
          if (event.type === 'heartbeat') silences.heard(plane, event.stage, clock.monotonicUs())
      },
    },
    edges,
  )
  const judge = {
    checks: {
      heartbeats: {
        check: () => ({ healthy: silences.missing().length === 0, details: { missing: silences.missing() } }),
        failsAs: 'degraded',
      },
    },
    async run(stopping: AbortSignal) {
      for (; !stopping.aborted; await delay(CHECK_EVERY_MS, stopping)) silences.check(clock.monotonicUs())
    },
  } as const
  return { metrics, parts: [reader, judge] }
}
