import { labelName, type MetricDefinition } from '../definition.ts'
import { createProcessMetrics } from '../process-metrics.ts'
import { processCatalog } from './process.ts'

/** Fields that prom-client keeps on a metric beside those in its types. */
interface Shown {
  readonly name: string
  readonly type: string
  readonly labelNames: readonly string[]
  readonly upperBounds?: readonly number[]
}

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)

const isLinux = process.platform === 'linux'
const onLinux = isLinux ? it : it.skip

onLinux(`is what prom-client exposes of a process${isLinux ? '' : ' [not run: needs Linux]'}`, () => {
  const exposed = createProcessMetrics('test').getMetricsAsArray() as unknown as Shown[]
  const ours: MetricDefinition[] = Object.values(processCatalog)
  expect(
    ours
      .map(({ name, type, labels, buckets }) => ({ name, type, labels: labels.map(labelName), buckets }))
      .sort(byName),
  ).toEqual(
    exposed
      .map(({ name, type, labelNames, upperBounds = [] }) => ({
        name,
        type,
        labels: [...labelNames],
        buckets: upperBounds,
      }))
      .sort(byName),
  )
})
