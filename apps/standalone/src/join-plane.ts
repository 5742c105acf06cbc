import type { Event, PlaneCore } from '@triplane/contracts'
import {
  PlaneRunner,
  type OrderedInputsSnapshot,
  type Plane,
  type PlaneRunnerOptions,
  type SteppedState,
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

/** The strategy or order plane on the bus of its process. */
export interface JoinedPlane<In extends Event, Out extends Event, Core extends PlaneCore<In, Out>> {
  readonly core: Core
  readonly runner: PlaneRunner<In, Out>
  state(): SteppedState<In, ReturnType<Core['snapshot']>>
}

/** Joins a plane to the bus of its process, with its pending inputs if there are any. */
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
    state: () => runner.snapshot() as SteppedState<In, ReturnType<Core['snapshot']>>,
  }
}
