import {
  labelOf,
  stageOf,
  topicsAwaitedOf,
  topicsReadBy,
  topicsWrittenBy,
  type Event,
  type PlaneCore,
  type PlaneName,
  type SchemaOf,
} from '@triplane/contracts'
import type { Plane } from '@triplane/messaging'
import type { Metrics } from '@triplane/metrics'
import type { StatusViews } from '@triplane/service'
import type { z } from 'zod'

/** What the name of a plane implies: its spelling in labels and heartbeats, and its topics. */
export function describePlane<const Name extends PlaneName>(name: Name) {
  return {
    name,
    label: labelOf(name),
    stage: stageOf(name),
    /** The topics it reads and those it writes. */
    topics: { consumed: topicsReadBy(name), produced: topicsWrittenBy(name) },
    /** The topics on which other planes wait for its watermarks in lockstep. */
    awaited: topicsAwaitedOf(name),
  }
}

/** The least that a plane which reads others is built from. */
interface PlaneParts {
  readonly config: unknown
  readonly metrics: Pick<Metrics<string>, 'heartbeat'>
}

/** A plane that reads others: its core, and what its host, the metrics and people need to know of it. */
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
  /** The types of event that the core hears under some settings. */
  readonly knownInputs: readonly In['type'][]
  /** The schema of a waiting input, of any of these types. */
  readonly inputSchema: SchemaOf<In>
  /** Those that it hears as it is configured; others on its topics are passed over. */
  readonly inputs: (config: Parts['config']) => readonly In['type'][]
  /** The schema of the core's saved state. */
  readonly stateSchema: SchemaOf<State>
  /** The core's settings. */
  readonly config: z.ZodObject
  /** The plane's metrics, with every series initialised. */
  readonly createMetrics: (options: MetricsOptions) => Parts['metrics']
  /**
   * Builds the core, from its saved state if there is any. Throws StateMisfitError when that does not fit the settings.
   */
  readonly createCore: (parts: Parts, saved?: State) => Core
  /** Exports the core's gauges; gives the function that records its outputs. */
  readonly exportMetrics: (parts: Parts, core: Core) => (event: Out) => void
  /** The views at `/status/<name>`; empty without a core. */
  readonly views: (core: () => Core | undefined, marketUs: () => number) => StatusViews
}

/** Defines a plane as a value that runs in one process with the others, in lockstep, or as a service. */
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
  return {
    ...spec,
    ...described,
    /** Builds the plane: its core, from saved state if there is any, joined to its metrics. */
    build(parts: Parts, saved?: State): Plane<In, Out, Core> {
      const core = spec.createCore(parts, saved)
      return {
        name,
        core,
        topics: described.topics.consumed,
        inputTypes: new Set(spec.inputs(parts.config)),
        knownTypes: new Set(spec.knownInputs),
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
