import { topics } from '@triplane/contracts'
import { RefusedAttempts, redriveRoute, type ControlRefusal, type RedriveDesk } from '@triplane/control'
import { quotedOf, tradableOf } from '@triplane/instruments'
import { err } from '@triplane/kernel'
import { keptCashNotice } from '@triplane/ledger'
import { isSessionOpen } from '@triplane/market-data'
import { accountRates, rehearsedInstrument, strategyPlaneOf, strategyRehearsal, warmUpCheck } from '@triplane/planes'
import {
  configuredInstruments,
  digestOf,
  haltAfterCrash,
  hostPlane,
  planeParts,
  type BusSource,
  type RunContext,
  type ServiceEdges,
  type ServiceParts,
} from '@triplane/service'
import { noteEvent } from '@triplane/state'
import { strategyLabels } from '@triplane/strategy'
import { tunedNotice, type StrategyCore } from '@triplane/strategy-core'
import { createTracing, traceDecision } from '@triplane/tracing'
import type { StrategyServiceConfig } from './config.ts'

/** Composes the strategy plane as a separate service: history, latest state, and Kafka unless another bus is given. */
export function composeStrategyPlane(
  { strategy, strategies, ...config }: StrategyServiceConfig,
  { logger, clock }: ServiceEdges,
  bus?: BusSource<Buffer>,
): ServiceParts {
  const strategyPlane = strategyPlaneOf(strategies)
  const all = configuredInstruments(config)
  const rates = accountRates(strategy.ratesToUsd, all)
  const instruments = tradableOf(all, rates)
  const quoted = quotedOf(all)
  const metrics = strategyPlane.createMetrics({
    instruments,
    strategies: strategyLabels(strategy.strategies),
    source: 'sim',
    ...config.metrics,
    logger,
  })
  const rehearsed = rehearsedInstrument(instruments, rates)
  let core: StrategyCore | undefined
  let redriving: RedriveDesk | undefined
  const plane = planeParts(
    config,
    {
      definition: strategyPlane,
      metrics,
      ...(bus && { source: bus }),
      async host(context, beforeScrape) {
        const { run, latest } = context
        const tracing = await createTracing({ ...config.tracing, endpoint: config.tracing.endpoint, runId: run.runId })
        const newest = { recordSentUs: 0, recordTakenUs: 0 }
        const isOpen = run.sessions === 'always' ? () => true : isSessionOpen
        const parts = {
          config: strategy,
          instruments,
          rates,
          quoted,
          isSessionOpen: isOpen,
          metrics: { ...metrics, beforeScrape },
          logger: context.logger,
        }
        const hosted = await hostPlane({
          context,
          definition: strategyPlane,
          build(saved) {
            for (const notice of [keptCashNotice(saved?.ledger, strategy), tunedNotice(saved?.strategies)])
              if (notice) context.logger.warning(notice)
            const plane = strategyPlane.build(parts, saved)
            core = plane.core
            return plane
          },
          leadUs: 0,
          // A file in the user's folder may request other inputs under the same settings.
          configDigest: digestOf({
            ...{ strategy, inputs: strategyPlane.inputs(strategy) },
            ...{ instruments: [...instruments, ...quoted], sessions: run.sessions },
          }),
          snapshotEveryMs: config.state.snapshotEveryMs,
          aheadLimitMs: config.market.aheadLimitMs,
          onRecord({ topic, tsSentUs }) {
            if (topic.name !== topics.market.name) return
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
          rehearse: rehearsed && strategyRehearsal({ config: strategy, strategies, instrument: rehearsed, rates }),
          onUnheard(producers) {
            if (producers.length > 0) order('reduce', `not heard: ${producers.join(', ')}`, context.edge)
          },
          async beforeLive() {
            haltAfterCrash(config, strategyPlane.label, context)
          },
          async afterwards() {
            redriving = undefined
            await tracing.close()
          },
        })
        redriving = hosted.redriving
        return hosted
      },
      onUnreadable: (why, edge) => order('halt', why, edge),
      checks: { warm_up: warmUpCheck(() => core) },
      views: (hosted) =>
        strategyPlane.views(
          () => hosted()?.plane.core,
          () => hosted()?.marketUs ?? 0,
        ),
    },
    { logger, clock },
  )
  /** Makes trading stricter in the name of this plane. */
  function order(command: 'halt' | 'reduce', why: string, edge: RunContext['edge']): void {
    const who = strategyPlane.label
    edge.control({ type: 'operatorCommand', seq: edge.nextSeq(), effectUs: 0, command, who, why })
  }

  const noRun = err('Expected a run under way, was none')
  const attempts = new RefusedAttempts({
    onFirst: (reason, address) => logger.warning('A request was refused', { reason, address }),
  })
  const redrive = redriveRoute({
    tokens: config.operator.tokens,
    onRefused(reason: ControlRefusal, address) {
      metrics.stageRefused.inc({ stage: 'control', reason })
      attempts.note(reason, address)
    },
    desk: {
      judge: (record) => redriving?.judge(record) ?? noRun,
      give: (record) => redriving?.give(record) ?? noRun,
    },
  })
  return { metrics, parts: [...plane.parts, { routes: [redrive] }] }
}
