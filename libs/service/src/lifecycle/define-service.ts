import { delay } from '@triplane/async'
import { composeConfig } from '@triplane/config'
import { createServiceMetrics, type Catalog } from '@triplane/metrics'
import type { z } from 'zod'
import { readBus, type BusReaderOptions } from '../platform/bus-reader.ts'
import { kafkaSource, type BusSource } from '../platform/bus-source.ts'
import { loadServiceConfig, serviceSections, type ServiceConfig } from '../service-config.ts'
import type { ServiceEdges, ServicePart, ServiceParts } from './service-part.ts'
import type { ServiceDefinition } from './start-service.ts'

type Sections = Readonly<Record<string, z.ZodObject>>
type ConfigOf<Own extends Sections> = ServiceConfig & { readonly [Name in keyof Own]: z.output<Own[Name]> }

/** What a service does beyond what every service does. */
export interface ServiceWork extends Omit<ServicePart, 'run'> {
  /** Handles the events of a record of `reads`, synchronously. */
  readonly handle?: BusReaderOptions<unknown>['handle']
  /** Repeated work, until the service stops. */
  readonly every?: { readonly ms: number; readonly work: () => void }
  /** Sets gauges before each scrape. It must be quick. */
  readonly beforeScrape?: () => void
}

/** A service that is not a plane, as a value: its name, settings, topics, metrics and work. */
export interface SmallService<Family extends Catalog, Own extends Sections> {
  /** For example heartbeat-watch: the name of its group, its logs and its metrics (`heartbeat_watch_...`). */
  readonly name: string
  /** Its port by default. */
  readonly defaultPort: number
  /** Sections of settings besides those of every service. */
  readonly sections?: Own
  /** The metrics it adds. */
  readonly metrics: Family
  /** The topics it reads, from its start on. Without any it does not connect to Kafka. */
  readonly reads?: BusReaderOptions<unknown>['topics']
  readonly create: (context: {
    readonly config: ConfigOf<Own>
    readonly metrics: ReturnType<typeof createServiceMetrics<Family>>['own']
    readonly logger: ServiceEdges['logger']
    readonly clock: ServiceEdges['clock']
  }) => ServiceWork
}

/** A service as `startService` takes it, reading Kafka, and as a test composes it, on another source. */
export interface DefinedService<Config extends ServiceConfig> extends ServiceDefinition<Config> {
  readonly config: (environment: Readonly<Record<string, string | undefined>>) => Config
  readonly parts: <Payload = Buffer>(config: Config, edges: ServiceEdges, source?: BusSource<Payload>) => ServiceParts
}

/**
 * Turns a definition into what `startService` takes: settings, `/metrics` with its family, a reader of its topics, and
 * its work. Counts and skips records it cannot read.
 */
export function defineService<Family extends Catalog, Own extends Sections = Record<never, never>>(
  service: SmallService<Family, Own>,
): DefinedService<ConfigOf<Own>> {
  const { name, defaultPort, sections, reads = [] } = service
  const schema = composeConfig({ ...serviceSections(defaultPort), ...sections })
  return {
    name,
    config: (environment) => loadServiceConfig(schema, environment) as ConfigOf<Own>,
    parts<Payload>(config: ConfigOf<Own>, edges: ServiceEdges, source?: BusSource<Payload>) {
      const { metrics, own } = createServiceMetrics(name, service.metrics, { ...config.metrics, ...edges })
      const {
        handle = () => undefined,
        every,
        beforeScrape,
        ...part
      } = service.create({ config, metrics: own, ...edges })
      if (beforeScrape) metrics.beforeScrape(beforeScrape)
      const read = <Payload>(from: BusSource<Payload>) =>
        readBus({ group: name, topics: reads, source: from, metrics, handle }, edges)
      const parts = reads.length === 0 ? [] : [source ? read(source) : read(kafkaSource(config.kafka, name, edges))]
      return { metrics, parts: [...parts, { ...part, ...(every && { run: repeated(every) }) }] }
    },
  }
}

const repeated =
  ({ ms, work }: NonNullable<ServiceWork['every']>) =>
  async (stopping: AbortSignal): Promise<void> => {
    for (; !stopping.aborted; await delay(ms, stopping)) work()
  }
