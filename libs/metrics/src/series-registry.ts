import { everyServiceCatalog } from './catalog/every-service.ts'
import { priorities, type MetricDefinition } from './definition.ts'
import { Family, type Admit } from './family.ts'
import { countKnownLabelSets, knownLabelSets, type Universe } from './known-label-sets.ts'
import { SeriesStore, type Place, type StoreCopy } from './series-store.ts'

/** A metric that lost series to the cap. */
export interface SeriesDrop {
  readonly metric: string
  /** Lines for which there was no room. */
  readonly lines: number
  readonly maxSeries: number
}

/** The most lines that a service exposes, and the callback for when that is not enough. */
export interface SeriesCap {
  readonly maxSeries: number
  /** Lines exposed outside the registry: the default metrics of Node and the process. */
  readonly reservedLines: number
  /** Called once for each metric that loses series. */
  readonly onDropped: (drop: SeriesDrop) => void
}

/**
 * The families of one service under its cap. A series is one exposed line.
 *
 * Invariants
 * 1. `settle` decides which metrics are dropped, from the known label sets and those shown since `add`: over the cap it drops
 *    whole metrics, by priority, within a priority the last added first, until the rest fits. Vital metrics always stay.
 * 2. A dropped metric never comes back.
 * 3. The known label sets of a metric that stays exist from `settle` on.
 * 4. Between `add` and `settle` every label set gets a series. Later an unknown one gets a series while there is room; one of a
 *    vital metric always.
 */
export class SeriesRegistry {
  readonly #service: string
  readonly #universe: Universe
  readonly #cap: SeriesCap
  readonly #store = new SeriesStore()
  readonly #families = new Map<string, Family>()
  readonly #exposed = new Set<Family>()
  readonly #told = new Set<Family>()
  /** Added, but not settled yet. */
  #added: Family[] = []
  #lines: number

  constructor(service: string, universe: Universe, cap: SeriesCap) {
    this.#service = service
    this.#universe = universe
    this.#cap = cap
    this.#lines = cap.reservedLines
  }

  /** Lines exposed now, or reserved for the known label sets. */
  get lines(): number {
    return this.#lines
  }

  /** The exposed families, in the order in which they were added. */
  get exposed(): Iterable<Family> {
    return this.#exposed
  }

  /** A copy of all numbers. */
  copy(): StoreCopy {
    return this.#store.copy()
  }

  /** Adds metrics, to be settled once their other known series are shown. Throws, and adds nothing, when a name is in use. */
  add(metrics: readonly MetricDefinition[]): Family[] {
    const names = new Set(this.#families.keys())
    for (const { name } of metrics) {
      if (names.has(name)) throw new Error(`Expected a metric name that is not in use, was "${name}"`)
      names.add(name)
    }
    const admit: Admit = (family, slots) => this.#admit(family, slots)
    const added = metrics.map(
      (metric) => new Family(metric, this.#service, countKnownLabelSets(metric, this.#universe), admit),
    )
    for (const family of added) {
      this.#families.set(family.metric.name, family)
      this.#exposed.add(family)
      this.#lines += family.lines
    }
    this.#added.push(...added)
    return added
  }

  /** Decides which metrics to drop, and creates the known series of the added ones. */
  settle(): void {
    const added = this.#added
    this.#added = []
    const dropped = this.#dropOverCap()
    for (const family of added.filter((one) => this.#exposed.has(one))) {
      for (const labels of knownLabelSets(family.metric, this.#universe)) family.of(labels)
    }
    for (const family of dropped) this.#report(family, family.lines)
  }

  /** Drops families until the rest fits, with one line of `seriesDropped` for each of them. */
  #dropOverCap(): Family[] {
    const dropped: Family[] = []
    const lastFirst = [...this.#exposed].reverse()
    for (const priority of priorities) {
      if (priority === 'vital') break
      for (const family of lastFirst) {
        if (this.#lines + dropped.length <= this.#cap.maxSeries) return dropped
        if (family.metric.priority !== priority || family.lines <= 1) continue
        this.#exposed.delete(family)
        this.#lines -= family.lines
        dropped.push(family)
      }
    }
    return dropped
  }

  #admit(family: Family, slots: number): Place | undefined {
    if (!this.#exposed.has(family)) return undefined
    if (family.series.length >= family.known) {
      const lines = this.#lines + family.linesPerSeries
      const isSettled = this.#added.length === 0
      if (isSettled && lines > this.#cap.maxSeries && family.metric.priority !== 'vital') {
        this.#report(family, family.linesPerSeries)
        return undefined
      }
      this.#lines = lines
    }
    return this.#store.allocate(slots)
  }

  #report(family: Family, lines: number): void {
    const { name } = family.metric
    this.#families.get(everyServiceCatalog.seriesDropped.name)?.inc({ metric: name }, lines)
    if (this.#told.has(family)) return
    this.#told.add(family)
    this.#cap.onDropped({ metric: name, lines, maxSeries: this.#cap.maxSeries })
  }
}
