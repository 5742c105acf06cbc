import type { Event, PlaneCore } from '@triplane/contracts'
import { PlaneRunner, type OrderedInputsSnapshot, type Plane, type PlaneRunnerOptions } from '@triplane/messaging'
import { exportBusStats, type Metrics } from '@triplane/metrics'

export interface JoinOptions<
  In extends Event,
  Out extends Event,
  Core extends PlaneCore<In, Out>,
> extends PlaneRunnerOptions<In, Out> {
  readonly plane: Plane<In, Out, Core>
  readonly metrics: Metrics<string>
  readonly nowUs: () => number
}

/** The strategy or the order plane on the bus of its process. */
export interface JoinedPlane<In extends Event, Out extends Event, Core extends PlaneCore<In, Out>> {
  readonly core: Core
  readonly runner: PlaneRunner<In, Out>
  state(): JoinedPlaneState<In, Core>
}

/** What a resumed run builds the plane and its runner from, as JSON. */
export interface JoinedPlaneState<In extends Event, Core extends { snapshot(): unknown }> {
  readonly core: ReturnType<Core['snapshot']>
  readonly inputs: OrderedInputsSnapshot<In>
}

/** Joins a plane to the bus of its process, with the inputs that waited if there are any. */
export function joinPlane<In extends Event, Out extends Event, Core extends PlaneCore<In, Out>>(
  options: JoinOptions<In, Out, Core>,
  inputs?: OrderedInputsSnapshot<In>,
): JoinedPlane<In, Out, Core> {
  const { plane, metrics, nowUs } = options
  const { core } = plane
  const runner = new PlaneRunner(options, inputs)
  metrics.beforeScrape(() => runner.observe())
  exportBusStats(metrics, () => [...runner.producer.stats(), ...runner.consumer.stats(nowUs())])
  return {
    core,
    runner,
    state: () => ({ core: core.snapshot() as ReturnType<Core['snapshot']>, inputs: runner.snapshot() }),
  }
}
