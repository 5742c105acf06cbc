import { topics } from '@triplane/contracts'
import { isSessionOpen } from '@triplane/market-data'
import {
  configuredInstruments,
  createServiceMetrics,
  digestOf,
  hostPlane,
  startPlaneService,
  type Service,
  type ServiceEdges,
} from '@triplane/service'
import { buildOrderPlane } from './compose.ts'
import type { OrderPlaneSnapshot } from './order-plane-core.ts'
import type { OrderServiceConfig } from './service-config.ts'
import { orderViews } from './status-views.ts'

/** Composes the order plane as a service of its own: Kafka, history, latest state, its port. */
export async function startOrderService(
  { order, ...config }: OrderServiceConfig,
  { logger, clock }: ServiceEdges,
): Promise<Service> {
  const all = configuredInstruments(config)
  // What has no rate to USD cannot be valued: it is not traded.
  const instruments = all.filter(({ quote }) => order.ratesToUsd[quote] !== undefined)
  const metrics = createServiceMetrics('order_plane', all, 'sim', config.metrics.maxSeries, logger)
  return startPlaneService({
    name: 'order-plane',
    stage: 'order',
    config,
    metrics,
    logger,
    clock,
    async host(context, beforeScrape) {
      const isOpen = context.run.sessions === 'always' ? () => true : isSessionOpen
      const parts = {
        config: order,
        instruments,
        isSessionOpen: isOpen,
        metrics: { ...metrics, beforeScrape },
        onApproved({ decisionRecvUs }: { readonly decisionRecvUs: number }) {
          const sentUs = hosted.host.sentUsOf(decisionRecvUs)
          if (sentUs !== undefined && hosted.isReady) metrics.tickToOrder.observe((clock.nowUs() - sentUs) / 1e6)
        },
      }
      const hosted = hostPlane({
        context,
        build: (snapshot) => buildOrderPlane(parts, snapshot as OrderPlaneSnapshot | undefined),
        marked: [topics.orders, topics.fills],
        awaited: [topics.trades, topics.quotes, topics.books, topics.status, topics.intents, topics.killSwitch],
        leadUs: order.minLatencyUs,
        configDigest: digestOf({ order, instruments, sessions: context.run.sessions }),
        snapshotEveryMs: config.state.snapshotEveryMs,
        observe: () => undefined,
      })
      return hosted
    },
    views: (hosted) =>
      orderViews(
        () => hosted()?.plane.core.view(),
        () => hosted()?.marketUs ?? 0,
      ),
  })
}
