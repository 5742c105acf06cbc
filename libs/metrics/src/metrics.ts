import { dataPlaneCatalog } from './catalog/data-plane.ts'
import { everyServiceCatalog } from './catalog/every-service.ts'
import { jobsCatalog } from './catalog/jobs.ts'
import { modelsCatalog } from './catalog/models.ts'
import { orderPlaneCatalog } from './catalog/order-plane.ts'
import { strategyPlaneCatalog } from './catalog/strategy-plane.ts'
import {
  isPlanned,
  type Catalog,
  type Label,
  type LabelValues,
  type MetricDefinition,
  type MetricType,
  type Planned,
} from './definition.ts'
import type { CounterHandle, GaugeHandle, HistogramHandle } from './handles.ts'
import type { InstrumentLabels, QuotedLabels } from './known-label-sets.ts'
import { createEventLoopLag, createProcessMetrics, PROCESS_LINES } from './process-metrics.ts'
import { createScrape, type Selection } from './scrape.ts'
import { SeriesRegistry, type SeriesDrop } from './series-registry.ts'

/** The families of the planes and of batch jobs. Every service has `everyServiceCatalog` beside its own. */
export const catalogs = {
  data_plane: dataPlaneCatalog,
  order_plane: orderPlaneCatalog,
  strategy_plane: { ...strategyPlaneCatalog, ...modelsCatalog },
  jobs: jobsCatalog,
}

/** The catalogue of a service: an unknown name has only that of every service. */
type CatalogOf<Service extends string> = typeof everyServiceCatalog &
  (Service extends keyof typeof catalogs ? (typeof catalogs)[Service] : unknown)

/** The handle API of a metric with labels: `of` returns a handle to keep, the rest looks it up each time. */
interface Families<Values> {
  readonly counter: { of(labels: Values): CounterHandle; inc(labels: Values, by?: number): void }
  readonly gauge: { of(labels: Values): GaugeHandle; set(labels: Values, value: number): void }
  readonly histogram: { of(labels: Values): HistogramHandle; observe(labels: Values, value: number): void }
}

interface Handles {
  readonly counter: CounterHandle
  readonly gauge: GaugeHandle
  readonly histogram: HistogramHandle
}

/** The API of a metric: one without labels is its only handle. */
type MetricOf<Definition> =
  Definition extends MetricDefinition<infer Type extends MetricType, infer Labels extends readonly Label[]>
    ? Labels extends readonly []
      ? Handles[Type]
      : Families<LabelValues<Labels>>[Type]
    : never

/** The handles of a catalogue; planned metrics have none, so recording one does not compile. */
type MetricsOf<C> = { readonly [Key in keyof C as C[Key] extends Planned ? never : Key]: MetricOf<C[Key]> }

/** The operations on a service's metrics other than recording. */
export interface MetricSet {
  readonly service: string
  /** Lines exposed, or reserved for the known label sets. */
  readonly seriesLines: number
  /** Adds a user's catalogue; names become `<prefix>_<name>`. Throws when a name is in use. */
  extend<C extends Catalog>(prefix: string, catalog: C): MetricsOf<C>
  /** Calls `measure` before each scrape, for values that are read rather than counted. It must be quick. */
  beforeScrape(measure: () => void): void
  /** The text exposition, `TEXT_CONTENT_TYPE`. */
  expose(selection?: Selection): Promise<string>
  /** The same as UTF-8 in parts of whole lines, each rendered in one go: for handling one part a turn. */
  exposeParts(selection?: Selection): Promise<readonly Buffer[]>
}

export type Metrics<Service extends string> = MetricsOf<CatalogOf<Service>> & MetricSet

export interface MetricsOptions<Service extends string = string> {
  /** The traded instruments: known values of `source`, `exchange` and `symbol`. */
  readonly instruments?: readonly InstrumentLabels[]
  /** The label sets of the instruments that are only quoted. */
  readonly quoted?: readonly QuotedLabels[]
  /** Known values of other open labels: `{ strategy: ['OFI'], stage: [...] }`. */
  readonly labels?: Readonly<Record<string, readonly string[]>>
  /** Creates the other series that are known at start, by taking their handles, before the cap is applied. */
  readonly show?: (metrics: MetricsOf<CatalogOf<Service>>) => void
  /** Cap on exposed lines. Default 10,000. */
  readonly maxSeries?: number
  /** Called once for each metric that loses series to the cap; log it. */
  readonly onSeriesDropped?: (drop: SeriesDrop) => void
  /** The running version, for `triplane_build_info`. */
  readonly build?: { readonly version: string; readonly commit: string }
  /** Whether to expose the default metrics of Node and the process, and the event loop's lag. Default true. */
  readonly processMetrics?: boolean
}

const PREFIX = /^[a-z][a-z0-9_]*$/

/**
 * Builds the metrics of one service: its catalogue as typed handles, with the constant label `service`. Series known at start
 * are exposed from the start; those over the cap are dropped now, never later.
 */
export function createMetrics<Service extends string>(
  service: Service,
  options: MetricsOptions<Service> = {},
): Metrics<Service> {
  const { instruments = [], quoted = [], labels = {}, maxSeries = 10_000, onSeriesDropped = () => undefined } = options
  const { build = { version: 'unknown', commit: 'unknown' }, processMetrics = true } = options
  const registry = new SeriesRegistry(
    service,
    { instruments, quoted, labels },
    { maxSeries, reservedLines: processMetrics ? PROCESS_LINES : 0, onDropped: onSeriesDropped },
  )
  const own: Catalog = Object.hasOwn(catalogs, service) ? catalogs[service as keyof typeof catalogs] : {}
  const handles = addCatalog(registry, { ...own, ...everyServiceCatalog }) as MetricsOf<typeof everyServiceCatalog>
  handles.buildInfo.of({ ...build, node: process.version }).set(1)
  options.show?.(handles as unknown as MetricsOf<CatalogOf<Service>>)
  registry.settle()

  const measures: (() => void)[] = []
  const processRegistry = processMetrics ? createProcessMetrics(service) : undefined
  if (processRegistry) measures.push(createEventLoopLag(handles.eventLoopLag))
  const scrape = createScrape({
    registry,
    processText: async () => (await processRegistry?.metrics()) ?? '',
    beforeScrape: measures,
  })

  const set: MetricSet = {
    service,
    get seriesLines() {
      return registry.lines
    },
    extend(prefix, catalog) {
      const own = withPrefix(prefix, catalog)
      for (const { name } of Object.values(own)) {
        const isInUse = processRegistry?.getSingleMetric(name) !== undefined
        if (isInUse) throw new Error(`Expected a metric name that is not in use, was "${name}"`)
      }
      const added = addCatalog(registry, own)
      registry.settle()
      return added
    },
    beforeScrape(measure) {
      measures.push(measure)
    },
    expose: async (selection = 'all') => Buffer.concat(await scrape(selection)).toString(),
    exposeParts: (selection = 'all') => scrape(selection),
  }
  return Object.assign(set, handles) as unknown as Metrics<Service>
}

/** The same catalogue with names `<prefix>_<name>`. Throws when the prefix is not valid in a metric name. */
export function withPrefix<C extends Catalog>(prefix: string, catalog: C): C {
  if (!PREFIX.test(prefix)) throw new Error(`Expected a prefix that matches ${PREFIX}, was "${prefix}"`)
  const prefixed = Object.entries(catalog).map(([key, metric]) => [
    key,
    { ...metric, name: `${prefix}_${metric.name}` },
  ])
  return Object.fromEntries(prefixed) as C
}

/** Registers a catalogue. A metric without labels is its only handle, the others are their families. */
function addCatalog<C extends Catalog>(registry: SeriesRegistry, catalog: C): MetricsOf<C> {
  const families = registry.add(Object.values(catalog))
  const entries = Object.keys(catalog).flatMap((key, i) => {
    const family = families[i]!
    if (isPlanned(family.metric)) return []
    return [[key, family.metric.labels.length === 0 ? family.of({}) : family] as const]
  })
  return Object.fromEntries(entries) as MetricsOf<C>
}
