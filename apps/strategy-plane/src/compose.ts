import { topicsAwaitedOf } from '@triplane/contracts'
import { keptCashNotice, tradableOf } from '@triplane/ledger'
import { isSessionOpen } from '@triplane/market-data'
import {
  buildStrategyPlane,
  createStrategyMetrics,
  strategyInputSchema,
  strategyPlaneTopics,
  strategyViews,
} from '@triplane/planes'
import {
  configuredInstruments,
  digestOf,
  haltAfterCrash,
  hostPlane,
  planeParts,
  type ServiceEdges,
  type ServiceParts,
} from '@triplane/service'
import { noteEvent } from '@triplane/state'
import { strategySchema } from '@triplane/strategy-core'
import { createTracing, traceDecision } from '@triplane/tracing'
import type { StrategyServiceConfig } from './config.ts'

/** Composes the strategy plane as a service of its own: Kafka, history, latest state. */
export function composeStrategyPlane(
  { strategy, ...config }: StrategyServiceConfig,
  { logger, clock }: ServiceEdges,
): ServiceParts {
  const all = configuredInstruments(config)
  const instruments = tradableOf(all, strategy.ratesToUsd)
  const metrics = createStrategyMetrics({
    instruments,
    source: 'sim',
    ...config.metrics,
    logger,
  })
  return planeParts(
    config,
    {
      name: 'strategy-plane',
      topics: strategyPlaneTopics,
      metrics,
      async host(context, beforeScrape) {
        const { run, latest } = context
        const tracing = await createTracing({ ...config.tracing, endpoint: config.tracing.endpoint, runId: run.runId })
        const newest = { recordSentUs: 0, recordTakenUs: 0 }
        const isOpen = run.sessions === 'always' ? () => true : isSessionOpen
        const parts = { config: strategy, instruments, isSessionOpen: isOpen, metrics: { ...metrics, beforeScrape } }
        return hostPlane({
          context,
          coreSchema: strategySchema,
          inputSchema: strategyInputSchema,
          build(saved) {
            const notice = keptCashNotice(saved?.ledger, strategy)
            if (notice) context.logger.warning(notice)
            return buildStrategyPlane(parts, saved)
          },
          marked: topicsAwaitedOf('strategy-plane'),
          leadUs: 0,
          configDigest: digestOf({ strategy, instruments, sessions: run.sessions }),
          snapshotEveryMs: config.state.snapshotEveryMs,
          onRecord({ topic, tsSentUs }) {
            if (topic.keyedBy !== 'instrument') return
            newest.recordSentUs = tsSentUs
            newest.recordTakenUs = clock.nowUs()
          },
          traceparentOf(event) {
            if (event.type !== 'orderIntent') return undefined
            return traceDecision(tracing, event, { ...newest, publishedUs: clock.nowUs() })
          },
          observe(event, isNew) {
            if (isNew && latest) noteEvent(latest, event)
          },
          async beforeLive() {
            haltAfterCrash(config, 'strategy_plane', context)
          },
          afterwards: () => tracing.close(),
        })
      },
      views: (hosted) =>
        strategyViews(
          () => hosted()?.plane.core.summary(),
          () => hosted()?.marketUs ?? 0,
        ),
    },
    { logger, clock },
  )
}
