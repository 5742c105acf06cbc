import { join } from 'node:path'
import { Deferred } from '@triplane/async'
import { buildInfo } from '@triplane/config'
import { instanceName, type MarketEvent } from '@triplane/contracts'
import {
  openRunSource,
  refuseNotUnderstood,
  requestMissing,
  sourceNameOf,
  speedOf,
  simulatedCheckpointSchema,
} from '@triplane/feeds'
import { logEvent } from '@triplane/logging'
import { isSessionOpen, type FeedItem } from '@triplane/market-data'
import {
  configuredInstruments,
  createStateCodec,
  digestOf,
  haltAfterCrash,
  PlaneOutput,
  Snapshots,
  feedCheck,
  SourceHost,
  sourceStateSchema,
  planeParts,
  type HostedRun,
  type RunContext,
  type BusSource,
  type ServiceEdges,
  type ServiceParts,
} from '@triplane/service'
import { exportHistory } from '@triplane/metrics'
import { dataPlane } from '@triplane/planes'
import { noteEvent } from '@triplane/state'
import type { DataServiceConfig } from './config.ts'

/** Composes the data plane as a separate service: its source, history, latest state, and Kafka unless another bus is given. */
export function composeDataPlane(
  config: DataServiceConfig,
  edges: ServiceEdges,
  bus?: BusSource<Buffer>,
): ServiceParts {
  const { logger, clock } = edges
  const { instance } = config.plane
  const name = instanceName(dataPlane.name, instance)
  const instruments = configuredInstruments(config)
  const metrics = dataPlane.createMetrics({
    instruments,
    source: sourceNameOf(config.source),
    ...config.metrics,
    logger,
  })
  let lastSeenUs: number | undefined

  async function host(context: RunContext, beforeScrape: (measure: () => void) => void): Promise<HostedRun> {
    const { run, bus, folder, history, latest } = context
    const codec = createStateCodec(sourceStateSchema(dataPlane.stateSchema, simulatedCheckpointSchema), {
      configurationDigest: digestOf({ data: config.data, instruments, sessions: run.sessions }),
      commit: buildInfo.commit,
    })
    const snapshots = new Snapshots(folder, codec)
    const saved = snapshots.newest((notice) => context.logger.warning(notice))
    const opened = await openRunSource(
      run,
      config.source,
      clock,
      {
        instruments,
        recordTo: join(folder, 'recording'),
        onNotice: (notice) => context.logger.warning(`Feed: ${notice.kind}`, { notice }),
      },
      saved && { items: saved.state.items, checkpoint: saved.state.feed ?? undefined },
    )
    const { source, startUs, endUs } = opened
    const plane = dataPlane.build(
      {
        config: config.data,
        source: source.name,
        instruments,
        isSessionOpen: run.sessions === 'always' ? () => true : isSessionOpen,
        metrics: { ...metrics, beforeScrape },
        nowUs: () => clock.nowUs(),
        monotonicUs: () => clock.monotonicUs(),
      },
      saved?.state.core,
    )
    const producer = bus.producer({ name, runId: run.runId })
    const output = new PlaneOutput<MarketEvent>(
      {
        name,
        producer,
        account: run.account,
        marked: run.mode === 'lockstep' ? dataPlane.awaited : [],
        history,
        observe(event) {
          plane.observe(event)
          logEvent(context.logger, event)
          if (latest) noteEvent(latest, event)
          requestMissing(source, event)
        },
      },
      saved?.state.output,
    )
    let isStopped = false
    const sourceHost = new SourceHost<FeedItem, MarketEvent>({
      core: plane.core,
      run,
      batches: source.feed.batches(),
      startUs,
      endUs,
      feedState: source.checkpoint,
      output,
      snapshots,
      saved,
      snapshotEveryMs: config.state.snapshotEveryMs,
      onSnapshotFault: (fault) => context.logger.error('Cannot write a snapshot: a restart takes longer', { fault }),
      onHandOver: () => plane.freshness.handedOver(),
      onPublished: () => plane.freshness.published(),
      onBatch: () => void (lastSeenUs = clock.nowUs()),
      clock,
    })
    context.logger.info('Source is open', { source: source.description, items_before: saved?.state.items ?? 0 })
    const stopped = new Deferred()
    return {
      async run() {
        haltAfterCrash(config, dataPlane.label, context)
        try {
          await sourceHost.run(() => isStopped)
          if (isStopped) return
          refuseNotUnderstood(plane.core, config.source)
          // The feed ended by itself: the run is complete, and the service stays up to answer requests about it.
          await stopped.promise
        } finally {
          await producer.close().catch(() => undefined)
        }
      },
      stop() {
        isStopped = true
        stopped.resolve()
        void source.feed.close()
      },
      observe: () => output.observe(),
      describe: () => ({
        items: sourceHost.items,
        framesIn: plane.core.framesIn,
        hash: output.digest(),
        events: output.counts(),
      }),
      get marketUs() {
        return plane.core.nowUs
      },
      isReady: true,
      speed: speedOf(config.source, run),
      get isFinal() {
        return sourceHost.isFinal
      },
      busStats: () => producer.stats(),
    }
  }

  return planeParts(
    config,
    {
      definition: dataPlane,
      instance,
      metrics,
      ...(bus && { source: bus }),
      host,
      checks: { feed: feedCheck(() => lastSeenUs, clock) },
      observeHistory: (types) => exportHistory(metrics, types),
      views: dataPlane.views,
    },
    edges,
  )
}
