import {
  isTraded,
  tradesAt,
  topics,
  type Heartbeat,
  type Instrument,
  type MarketEvent,
  type InstrumentId,
} from '@triplane/contracts'
import {
  createDataCore,
  dataPlaneConfigSchema,
  dataPlaneSchema,
  type DataCore,
  type DataPlaneConfig,
  type DataPlaneSnapshot,
} from '@triplane/data-core'
import type { FeedItem } from '@triplane/market-data'
import { publish, Unobserved, type Bus } from '@triplane/messaging'
import { exportBusStats, type Metrics } from '@triplane/metrics'
import { describePlane } from '../define-plane.ts'
import { createDataMetrics, exportDataPlane } from './data-plane-metrics.ts'
import { Freshness } from './freshness.ts'

/** The parts of the data plane, wherever it runs. */
interface DataPlaneParts {
  readonly config: DataPlaneConfig
  /** Label of the feed: sim, capture. */
  readonly source: string
  readonly instruments: readonly Instrument[]
  readonly isSessionOpen: (session: Instrument['session'], timeUs: number) => boolean
  readonly metrics: Metrics<'data_plane'>
  /** Wall time; read for every event. */
  readonly nowUs: () => number
  /** Monotonic time, for durations. */
  readonly monotonicUs: () => number
}

/** The data plane as its host sees it. */
interface BuiltDataPlane {
  /** Name of its producer. */
  readonly name: string
  readonly core: DataCore
  /** Sees every output once, in emission order, when its host has time: metrics. */
  readonly observe: (event: MarketEvent) => void
  /** Notified when the feed hands over frames and when their events are published. */
  readonly freshness: Freshness
  /** Records a heartbeat that starts here on its way through all planes. */
  readonly beat: (originUs: number) => void
}

/** Builds the plane: its core, from a snapshot if there is one, and its metrics. */
function buildDataPlane(
  { config, source, instruments, isSessionOpen, metrics, nowUs, monotonicUs }: DataPlaneParts,
  snapshot?: DataPlaneSnapshot,
): BuiltDataPlane {
  const freshness = new Freshness(metrics, { source, instruments }, monotonicUs)
  const onDelay = (instrument: InstrumentId, delayUs: number) => freshness.onDelay(instrument, delayUs)
  const core = createDataCore(config, { source, instruments, isSessionOpen, onDelay }, snapshot)
  const observe = exportDataPlane(metrics, core, { source, nowUs })
  const traded = instruments.filter(isTraded)
  metrics.beforeScrape(() => {
    for (const instrument of traded) {
      const { exchange, symbol } = instrument
      metrics.sessionOpen.set({ exchange, symbol }, tradesAt(instrument, core.nowUs, isSessionOpen) ? 1 : 0)
    }
  })
  return {
    name,
    core,
    observe,
    freshness,
    beat: (originUs) => metrics.heartbeat.set({ stage }, originUs / 1e6),
  }
}

const described = describePlane('data-plane')
const { name, stage } = described

/** The data plane. It handles frames and reads no other plane. */
export const dataPlane = {
  ...described,
  stateSchema: dataPlaneSchema,
  config: dataPlaneConfigSchema,
  createMetrics: createDataMetrics,
  build: buildDataPlane,
  views: () => ({}),
}

export interface DataPlaneOptions extends DataPlaneParts {
  readonly bus: Bus
  readonly runId: string
  readonly account: string
  /** Sees every output once, in emission order, when the plane's `observe` is called. */
  readonly observe: (event: MarketEvent) => void
  readonly resumed?: DataPlaneState
}

export interface DataPlane {
  readonly core: DataCore
  /** Handles an item, which the feed handed over at this monotonic time, and publishes the resulting events. */
  accept(item: FeedItem, handedOverUs: number): void
  /** Handles timers that are due at or before `throughUs`. */
  advance(throughUs: number): void
  nextDueUs(): number
  /** Passes what was published since the last call to the metrics and to `observe`; so does a scrape. */
  observe(): void
  /** Starts a heartbeat on its way through all planes. */
  beat(marketUs: number): void
  state(): DataPlaneState
}

/** The data plane has no waiting inputs: its state is its core's. */
type DataPlaneState = DataPlaneSnapshot

/** Joins the data plane to the bus of its process. */
export function composeDataPlane(options: DataPlaneOptions): DataPlane {
  const { bus, runId, account, metrics, nowUs, observe, resumed } = options
  const plane = buildDataPlane(options, resumed)
  const { core, freshness } = plane
  const producer = bus.producer({ name: plane.name, runId })
  const unobserved = new Unobserved<MarketEvent>((event) => {
    plane.observe(event)
    observe(event)
  })
  metrics.beforeScrape(() => unobserved.observe())
  const produced = [...dataPlane.topics.produced, topics.heartbeats]
  exportBusStats(metrics, { ...dataPlane.topics, produced }, () => producer.stats())

  function flush(): void {
    if (core.outbox.size > 0) {
      const events = core.outbox.drain()
      publish(producer, events, account)
      unobserved.add(events)
    }
    freshness.published()
  }

  return {
    core,
    accept(item, handedOverUs) {
      freshness.handedOver(handedOverUs)
      core.accept(item)
      flush()
    },
    advance(throughUs) {
      core.advance(throughUs)
      flush()
    },
    nextDueUs: () => core.nextDueUs(),
    observe: () => unobserved.observe(),
    beat(marketUs) {
      const originUs = nowUs()
      plane.beat(originUs)
      const heartbeat: Heartbeat = { type: 'heartbeat', seq: 0, effectUs: marketUs, stage, originUs }
      publish(producer, [heartbeat], account)
    },
    state: () => core.snapshot(),
  }
}
