import { Deferred } from '@triplane/async'
import type { Event } from '@triplane/contracts'
import { ok } from '@triplane/kernel'
import { createRecordIntake, type Bus, type BusRecord } from '@triplane/messaging'
import { exportBusStats, type BusTopics, type Metrics } from '@triplane/metrics'
import type { ServiceEdges, ServicePart } from '../lifecycle/service-part.ts'
import type { BusSource, ReachableBus } from './bus-source.ts'
import { showRecordRefusals } from './known-series.ts'
import { kafkaChecks } from './plane-checks.ts'

export interface BusReaderOptions<Payload> {
  /** The consumer group, which it has for itself: the name of the service. */
  readonly group: string
  /** The topics to read, from now on; nothing is committed. */
  readonly topics: BusTopics['consumed']
  readonly source: BusSource<Payload>
  /** Handles the events of a record, synchronously. */
  readonly handle: (events: readonly Event[], record: BusRecord<Payload>) => void
  readonly metrics: Metrics<string>
}

/**
 * Reads topics for a service. Counts and skips records that it cannot read: the readers of the topic make dead letters
 * of them.
 */
export function readBus<Payload>(
  { group, topics, source, handle, metrics }: BusReaderOptions<Payload>,
  { logger, clock }: ServiceEdges,
): ServicePart {
  let bus: ReachableBus<Payload> | undefined
  let readStats: () => ReturnType<ReturnType<Bus['consumer']>['stats']> = () => []
  showRecordRefusals(metrics)
  exportBusStats(metrics, { consumed: topics, produced: [] }, () => readStats())

  const ingest = createRecordIntake<Payload>({
    decode: source.decode,
    handle(events, record) {
      handle(events, record)
      return ok(undefined)
    },
    deadLetter({ record: { topic, offset }, refusal: { code, detail } }) {
      metrics.stageRefused.inc({ stage: 'decode', reason: code })
      logger.warning('A record is skipped', { topic: topic.name, offset, code, detail })
    },
  })

  async function read(from: Bus<Payload>, stopping: AbortSignal): Promise<void> {
    const consumer = from.consumer({ group, topics, from: 'latest' })
    readStats = () => (consumer.closed ? [] : consumer.stats(clock.nowUs()))
    stopping.addEventListener('abort', () => void consumer.close().catch(() => undefined), { once: true })
    while (!stopping.aborted) {
      await consumer.arrived()
      if (consumer.closed) return
      for (const record of consumer.take()) ingest(record)
    }
  }

  return {
    ...kafkaChecks(ping),
    async run(stopping) {
      const fatal = new Deferred<never>()
      fatal.promise.catch(() => undefined)
      bus = await source.connect(stopping, fatal.reject)
      if (bus === undefined) return
      try {
        await Promise.race([read(bus, stopping), fatal.promise])
      } finally {
        await bus.close()
        bus = undefined
      }
    },
  }

  async function ping(): Promise<void> {
    if (bus === undefined) throw new Error('connecting')
    await bus.ping()
  }
}
