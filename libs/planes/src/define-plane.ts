import {
  labelOf,
  stageOf,
  topicsAwaitedOf,
  topicsReadBy,
  topicsWrittenBy,
  topics,
  typesOn,
  type Event,
  type PlaneCore,
  type PlaneName,
  type SchemaOf,
  type Topic,
} from '@triplane/contracts'
import type { Plane } from '@triplane/messaging'
import type { Metrics } from '@triplane/metrics'
import type { StatusViews } from '@triplane/service'
import type { z } from 'zod'

/** What follows from the name of a plane: its spelling in labels and heartbeats, and its topics. */
export function describePlane<const Name extends PlaneName>(name: Name) {
  return {
    name,
    label: labelOf(name),
    stage: stageOf(name),
    /** What it may read, whatever its settings, and what it writes. */
    topics: { consumed: topicsReadBy(name), produced: topicsWrittenBy(name) },
    /** Those on which other planes wait for its watermarks in lockstep. */
    awaited: topicsAwaitedOf(name),
  }
}

/** What every plane that hears others is built from, at least. */
interface PlaneParts {
  readonly config: unknown
  readonly metrics: Pick<Metrics<string>, 'heartbeat'>
}

/** A plane that hears others: its core, and what a host, a registry of metrics and a person need to know of it. */
export interface PlaneSpec<
  Name extends PlaneName,
  In extends Event,
  Out extends Event,
  Core extends PlaneCore<In, Out>,
  State,
  Parts extends PlaneParts,
  MetricsOptions,
> {
  readonly name: Name
  /** The plane whose heartbeats it forwards. */
  readonly follows: PlaneName
  /** The types that the core hears as it is configured; what else is on its topics is passed over. */
  readonly inputs: (config: Parts['config']) => readonly In['type'][]
  /** An input that waits, as it is saved. */
  readonly inputSchema: SchemaOf<In>
  /** The core, as it is saved. */
  readonly stateSchema: SchemaOf<State>
  /** The core's settings. */
  readonly config: z.ZodObject
  /** The plane's metrics, with a series of all that it can record. */
  readonly createMetrics: (options: MetricsOptions) => Parts['metrics']
  /** Builds the core, from what was saved if anything was. Throws StateMisfitError where that does not fit the settings. */
  readonly createCore: (parts: Parts, saved?: State) => Core
  /** Exports the core's gauges; gives who records its outputs. */
  readonly exportMetrics: (parts: Parts, core: Core) => (event: Out) => void
  /** What it shows at `/status/<name>`; nothing without a core. */
  readonly views: (core: () => Core | undefined, marketUs: () => number) => StatusViews
}

/** A plane as a value: the same one runs in the process of all planes, in lockstep, and as a service. */
export function definePlane<
  const Name extends PlaneName,
  In extends Event,
  Out extends Event,
  Core extends PlaneCore<In, Out>,
  State,
  Parts extends PlaneParts,
  MetricsOptions,
>(spec: PlaneSpec<Name, In, Out, Core, State, Parts, MetricsOptions>) {
  const described = describePlane(spec.name)
  const { name, stage } = described
  /** Of the topics that it may read, those with a type that its core hears as it is configured, and heartbeats. */
  function topicsOf(config: Parts['config']) {
    const heard = new Set<Event['type']>(spec.inputs(config))
    const { consumed, produced } = described.topics
    const isRead = (topic: Topic) => topic === topics.heartbeats || typesOn(topic).some((type) => heard.has(type))
    return { consumed: consumed.filter(isRead), produced }
  }
  return {
    ...spec,
    ...described,
    topicsOf,
    /** Builds the plane: its core, from what was saved if anything was, joined to its metrics. */
    build(parts: Parts, saved?: State): Plane<In, Out, Core> {
      const core = spec.createCore(parts, saved)
      return {
        name,
        core,
        topics: topicsOf(parts.config).consumed,
        inputTypes: new Set(spec.inputs(parts.config)),
        observe: spec.exportMetrics(parts, core),
        heartbeat: {
          from: stageOf(spec.follows),
          as: stage,
          seen: ({ originUs }) => parts.metrics.heartbeat.set({ stage }, originUs / 1e6),
        },
      }
    },
  }
}
