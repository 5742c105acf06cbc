import { topics } from '@triplane/contracts'
import { defineService } from '@triplane/service'
import { heartbeatWatchCatalog } from './catalog.ts'
import { Silences } from './silences.ts'

/** Watches from outside whether the planes are alive: reads their heartbeats, and checks the silence of each twice a second. */
export const heartbeatWatch = defineService({
  name: 'heartbeat-watch',
  defaultPort: 8003,
  metrics: heartbeatWatchCatalog,
  reads: [topics.heartbeats],
  create({ metrics, logger, clock }) {
    const silences = new Silences(clock.monotonicUs(), {
      limitUs: 5_000_000,
      onMissed(plane, silenceUs) {
        metrics.missed.inc({ plane })
        logger.warning('A heartbeat is missing', { plane, silence_seconds: silenceUs / 1e6 })
      },
      onBack: (plane, silenceUs) =>
        logger.info('Heartbeats of the plane are back', { plane, silence_seconds: silenceUs / 1e6 }),
    })
    const judge = () => ({ healthy: silences.missing().length === 0, details: { missing: silences.missing() } })
    return {
      handle(events, { producer }) {
        const plane = producer.replace(/\.edge$/, '')
        metrics.missed.of({ plane })
        for (const event of events)
          if (event.type === 'heartbeat') silences.heard(plane, event.stage, clock.monotonicUs())
      },
      every: { ms: 500, work: () => silences.check(clock.monotonicUs()) },
      beforeScrape() {
        for (const [plane, ageUs] of silences.ages(clock.monotonicUs())) metrics.age.set({ plane }, ageUs / 1e6)
      },
      checks: { heartbeats: { check: judge, failsAs: 'degraded' } },
    }
  },
})
