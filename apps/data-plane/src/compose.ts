import type { Heartbeat, Instrument, MarketEvent } from '@triplane/contracts'
import type { FeedItem } from '@triplane/market-data'
import { publish, Unobserved, type Bus } from '@triplane/messaging'
import { exportBusStats, type Metrics } from '@triplane/metrics'
import type { DataPlaneConfig } from './config.ts'
import { exportDataPlane } from './data-plane-metrics.ts'
import { createDataCore, type DataCore, type DataPlaneSnapshot } from './pipeline.ts'

export interface DataPlaneOptions {
  readonly config: DataPlaneConfig
  /** Label of the feed: sim, capture. */
  readonly source: string
  readonly instruments: readonly Instrument[]
  readonly isSessionOpen: (session: Instrument['session'], timeUs: number) => boolean
  readonly bus: Bus
  readonly runId: string
  readonly account: string
  readonly metrics: Metrics<'data_plane'>
  /** Wall time; read for every event. */
  readonly nowUs: () => number
  /** Sees every output once, in emission order, when the plane's `observe` is called. */
  readonly observe: (event: MarketEvent) => void
  readonly resumed?: DataPlaneState
}

export interface DataPlane {
  readonly core: DataCore
  /** Takes what a feed hands over and publishes what comes of it. */
  accept(item: FeedItem): void
  /** Handles timers that are due at or before `throughUs`. */
  advance(throughUs: number): void
  nextDueUs(): number
  /** Shows what was published since the last call to metrics and `observe`; a scrape does so too. */
  observe(): void
  /** Sends a heartbeat on its way through all planes. */
  beat(marketUs: number): void
  state(): DataPlaneState
}

/** The data plane has no inputs that wait: its state is its core's. */
export type DataPlaneState = DataPlaneSnapshot

/** Joins the data plane's core to the bus and to its metrics. */
export function composeDataPlane(options: DataPlaneOptions): DataPlane {
  const { config, source, instruments, isSessionOpen, bus, runId, account, metrics, nowUs, observe, resumed } = options
  const core = createDataCore(config, { source, instruments, isSessionOpen }, resumed)
  const producer = bus.producer({ name: 'data-plane', runId })
  metrics.beforeScrape(() => unobserved.observe())
  const record = exportDataPlane(metrics, core, { source, nowUs })
  exportBusStats(metrics, () => producer.stats())
  metrics.beforeScrape(() => {
    for (const { instrument } of core.lanes) {
      const isOpen = isSessionOpen(instrument.session, core.nowUs)
      metrics.sessionOpen.set({ symbol: instrument.symbol }, isOpen ? 1 : 0)
    }
  })

  const unobserved = new Unobserved<MarketEvent>((event) => {
    record(event)
    observe(event)
  })

  function flush(): void {
    if (core.outbox.size === 0) return
    const events = core.outbox.drain()
    publish(producer, events, account)
    unobserved.add(events)
  }

  return {
    core,
    accept(item) {
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
      metrics.heartbeat.set({ stage: 'data' }, originUs / 1e6)
      const heartbeat: Heartbeat = { type: 'heartbeat', seq: 0, effectUs: marketUs, stage: 'data', originUs }
      publish(producer, [heartbeat], account)
    },
    state: () => core.snapshot(),
  }
}
