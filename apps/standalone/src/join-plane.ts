import { field, stateSchema, type Event, type PlaneCore, type SchemaOf } from '@triplane/contracts'
import {
  orderedInputsSchema,
  PlaneRunner,
  type OrderedInputsSnapshot,
  type Plane,
  type PlaneRunnerOptions,
} from '@triplane/messaging'
import type { Metrics } from '@triplane/metrics'

export interface JoinOptions<
  In extends Event,
  Out extends Event,
  Core extends PlaneCore<In, Out>,
> extends PlaneRunnerOptions<In, Out> {
  readonly plane: Plane<In, Out, Core>
  readonly metrics: Metrics<string>
}

/** The strategy or the order plane on the bus of its process. */
export interface JoinedPlane<In extends Event, Out extends Event, Core extends PlaneCore<In, Out>> {
  readonly core: Core
  readonly runner: PlaneRunner<In, Out>
  state(): JoinedPlaneState<In, ReturnType<Core['snapshot']>>
}

/** What a resumed run builds the plane and its runner from. */
export interface JoinedPlaneState<In extends Event, CoreState> {
  readonly core: CoreState
  readonly inputs: OrderedInputsSnapshot<In>
}

/** How the state of a defined plane is saved: its core, and the inputs that wait. */
export function joinedPlaneSchema<In extends Event, CoreState>({
  stateSchema: core,
  inputSchema,
}: {
  readonly stateSchema: SchemaOf<CoreState>
  readonly inputSchema: SchemaOf<In>
}): SchemaOf<JoinedPlaneState<In, CoreState>> {
  return field.as(stateSchema({ core, inputs: orderedInputsSchema(inputSchema) }))
}

/** Joins a plane to the bus of its process, with the inputs that waited if there are any. */
export function joinPlane<In extends Event, Out extends Event, Core extends PlaneCore<In, Out>>(
  options: JoinOptions<In, Out, Core>,
  inputs?: OrderedInputsSnapshot<In>,
): JoinedPlane<In, Out, Core> {
  const { plane, metrics } = options
  const { core } = plane
  const runner = new PlaneRunner(options, inputs)
  metrics.beforeScrape(() => runner.observe())
  return {
    core,
    runner,
    state: () => ({ core: core.snapshot() as ReturnType<Core['snapshot']>, inputs: runner.snapshot() }),
  }
}
