import { labelName, type MetricDefinition } from '@triplane/metrics'
import { dashboardUids } from '@triplane/monitoring'
import { families, serviceFamilies } from '../../families.ts'
import { createDashboard, variables } from '../dashboard.ts'
import type { PanelDraft } from '../panel.ts'
import { timeSeries } from '../panels.ts'
import { createPromql, legendOf, planeScope } from '../promql.ts'
import { series } from '../series.ts'

const { rate, quantile, max } = createPromql(planeScope)

/** Labels that narrow panels, for metrics that have them, and the titles of their variables. */
const NARROWED = { strategy: 'Strategy', exchange: 'Exchange', symbol: 'Symbol' }

/** A panel of a metric by all its labels: a counter per second, a gauge unchanged, the 95th percentile of a histogram. */
function panelOf(metric: MetricDefinition): PanelDraft {
  const { name, type, labels } = metric
  const by = labels.map(labelName)
  const shown = {
    counter: () => rate(metric, by),
    gauge: () => max(metric, by),
    histogram: () => quantile(0.95, metric, by),
  }
  const isTime = type !== 'counter' && name.endsWith('_seconds')
  return timeSeries(
    {
      title: name,
      worry: 'Worry when it is not as it usually is.',
      unit: isTime ? 's' : type === 'counter' ? 'eps' : 'short',
      queries: [series(shown[type](), by.length === 0 ? name : legendOf(by))],
    },
    { min: 0 },
  )
}

/**
 * The metrics of services that are not planes: a row each, a panel for each of their metrics. And those metrics of planes that
 * no other dashboard shows: `shown` has the ones that do appear.
 */
export function createServicesBoard(shown: ReadonlySet<string>) {
  const brought = new Set(serviceFamilies.flatMap(([, family]) => Object.values(family)))
  const others = families
    .map(([service, family]) => ({
      service,
      left: Object.values(family).filter((metric) => !brought.has(metric) && !shown.has(metric.name)),
    }))
    .filter(({ left }) => left.length > 0)
  const shownHere = [...brought, ...others.flatMap(({ left }) => left)]
  const narrowedBy = Object.entries(NARROWED).flatMap(([label, title]) => {
    const metric = shownHere.find(({ labels }) => labels.some((one) => labelName(one) === label))
    return metric ? [variables.several(label, title, metric)] : []
  })
  return createDashboard({
    uid: dashboardUids.services,
    title: 'Services',
    description: 'The services beside the planes, by the metrics that each brings; and what no other dashboard shows.',
    refresh: '5s',
    from: 'now-30m',
    variables: [variables.prometheus(), variables.job(), ...narrowedBy],
    rows: [
      ...serviceFamilies.map(([service, family]) => ({ title: service, panels: Object.values(family).map(panelOf) })),
      ...others.map(({ service, left }) => ({ title: `More of ${service}`, panels: left.map(panelOf) })),
    ],
  })
}
