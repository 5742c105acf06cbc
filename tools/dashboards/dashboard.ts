import {
  AnnotationQueryBuilder,
  CustomVariableBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  TextBoxVariableBuilder,
  TimePickerBuilder,
  VariableRefresh,
  VariableSort,
  type Dashboard,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type * as cog from '@grafana/grafana-foundation-sdk/cog'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { everyServiceCatalog, type MetricDefinition } from '@triplane/metrics'
import { panelIdOf, type DashboardUid } from '@triplane/monitoring'
import { strategyPlane } from './metrics.ts'
import { postgres, prometheus, type PanelDraft } from './panel.ts'

/** The tag by which dashboards link to each other. */
const TAG = 'triplane'
const COLUMNS = 24
/** The choices of the refresh picker. */
const REFRESH_INTERVALS = ['1s', '5s', '10s', '30s', '1m', '5m', '15m']

export interface DashboardSpec {
  readonly uid: DashboardUid
  readonly title: string
  readonly description: string
  /** The refresh interval, and the time range: `['1s', 'now-5m']`. */
  readonly refresh: string
  readonly from: string
  readonly variables: readonly cog.Builder<VariableModel>[]
  readonly rows: readonly { readonly title: string; readonly panels: readonly PanelDraft[] }[]
}

/**
 * A dashboard: the data sources, its own variables, links to the others, annotations, and the panels of each row side by side.
 */
export function createDashboard({ uid, title, description, refresh, from, variables, rows }: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(title)
    .id(null)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .timezone('browser')
    .editable()
    .tooltip(DashboardCursorSync.Crosshair)
    .refresh(refresh)
    .time({ from, to: 'now' })
    .timepicker(new TimePickerBuilder().refreshIntervals(REFRESH_INTERVALS))
    .variables([...variables])
    .annotations([shown(killSwitches()), shown(deploys())])
    .link(shown(linkToOthers()))
  let y = 0
  for (const row of rows) {
    const rowId = panelIdOf(`row ${row.title}`)
    builder.withRow(new RowBuilder(row.title).id(rowId).gridPos({ x: 0, y, w: COLUMNS, h: 1 }))
    y = placePanels(builder, row.panels, y + 1)
  }
  return builder.build()
}

/** Puts panels side by side, in lines as high as their highest panel. Returns the first free row of the grid. */
function placePanels(builder: DashboardBuilder, drafts: readonly PanelDraft[], top: number): number {
  let x = 0
  let y = top
  let bottom = top
  for (const { panel, width, height } of drafts) {
    if (x + width > COLUMNS) {
      x = 0
      y = bottom
    }
    builder.withPanel({ build: () => ({ ...panel, gridPos: { x, y, w: width, h: height } }) })
    x += width
    bottom = Math.max(bottom, y + height)
  }
  return bottom
}

function linkToOthers(): DashboardLinkBuilder {
  return new DashboardLinkBuilder('Triplane')
    .type(DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(false)
    .keepTime(true)
    .includeVars(true)
    .targetBlank(false)
}

function killSwitches(): AnnotationQueryBuilder {
  const active = `max by (switch_type) (${strategyPlane.killSwitchActive.name}) > 0`
  return annotation('Kill switches', 'red', active).titleFormat('Kill switch {{switch_type}}').tagKeys('switch_type')
}

/** A version that runs now and did not run in the ten minutes before: a restart of the same one is no deployment. */
function deploys(): AnnotationQueryBuilder {
  const by = 'group by (service, version, commit)'
  const { name } = everyServiceCatalog.buildInfo
  const before = `${by} (last_over_time(${name}[10m] offset $__interval))`
  return annotation('Deploys', 'blue', `${by} (${name}) unless ${before}`)
    .titleFormat('Deploy of {{service}}')
    .textFormat('{{version}} {{commit}}')
    .tagKeys('service')
}

function annotation(name: string, colour: string, expr: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(prometheus)
    .enable(true)
    .iconColor(colour)
    .target(new DataqueryBuilder().refId('Anno').datasource(prometheus).expr(expr).range().interval('15s'))
}

/** Shown on the dashboard itself, not in a menu, which is the default of the SDK's builders. */
function shown<T extends object>(builder: cog.Builder<T>): cog.Builder<T> {
  return { build: () => ({ ...builder.build(), placement: undefined }) }
}

/** Template variables. Options are queried once, when the dashboard opens: some dashboards refresh every second. */
export const variables = {
  /** The Prometheus data source; the first one by default. */
  prometheus: () => new DatasourceVariableBuilder('prometheus').label('Prometheus').type('prometheus'),
  postgres: () => new DatasourceVariableBuilder('postgres').label('Postgres').type(postgres.type as string),
  /** The Prometheus jobs of the planes, the same on every dashboard, so that links carry the choice along. */
  job: () => severalLabels('job', 'Job', `label_values(${everyServiceCatalog.buildInfo.name}, job)`).allValue('.+'),
  /** Several values of a label, or all. There is no value for all: SQL gets every value by name. */
  several: (name: string, label: string, metric: MetricDefinition, matchers = 'job=~"$job"') =>
    severalLabels(name, label, `label_values(${metric.name}{${matchers}}, ${name})`),
  /** Exchanges, and their symbols, which together are instruments. */
  instruments: (metric: MetricDefinition) => [
    variables.several('exchange', 'Exchange', metric),
    variables.several('symbol', 'Symbol', metric, 'job=~"$job",exchange=~"$exchange"'),
  ],
  /** The same for any selector. */
  labelsOf: (name: string, label: string, selector: string) =>
    severalLabels(name, label, `label_values(${selector}, ${name})`),
  /** One value of a label, narrowed by matchers. */
  one: (name: string, label: string, metric: MetricDefinition, matchers = 'job=~"$job"') =>
    labelVariable(name, label, `label_values(${metric.name}{${matchers}}, ${name})`),
  /** Batch jobs. */
  dag: (metric: MetricDefinition) =>
    severalLabels('dag', 'Batch job', `label_values(${metric.name}, dag_id)`).allValue('.+'),
  /** The run, newest first. */
  run: () =>
    new QueryVariableBuilder('run')
      .label('Run')
      .datasource(postgres)
      .query(RUNS)
      .definition(RUNS)
      .refresh(VariableRefresh.OnDashboardLoad)
      .sort(VariableSort.Disabled),
  /** The length of a candle, and the time span of the candles. */
  timeframe: () => choice('timeframe', 'Candles', ['1m', '5m', '15m', '1h', '1d']),
  history: () => choice('history', 'Over', ['3h', '12h', '2d', '7d', '90d']),
  /** The address of traces: the part before the id of one. */
  traces: () =>
    new TextBoxVariableBuilder('traces')
      .label('Traces at')
      .defaultValue('http://localhost:16686/trace/')
      .current({ text: 'http://localhost:16686/trace/', value: 'http://localhost:16686/trace/' }),
}

const RUNS = `select run_id as __value, to_char(started_at, 'YYYY-MM-DD HH24:MI') || ' ' || mode as __text
from dashboard_runs order by started_at desc`

function choice(name: string, label: string, [first = '', ...others]: readonly string[]): CustomVariableBuilder {
  return new CustomVariableBuilder(name)
    .label(label)
    .values([first, ...others].join(','))
    .current({ text: first, value: first })
}

function severalLabels(name: string, label: string, query: string): QueryVariableBuilder {
  return labelVariable(name, label, query).multi(true).includeAll(true).current({ text: 'All', value: '$__all' })
}

function labelVariable(name: string, label: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(prometheus)
    .query({ qryType: 1, query, refId: 'PrometheusVariableQueryEditor-VariableQuery' })
    .definition(query)
    .refresh(VariableRefresh.OnDashboardLoad)
    .sort(VariableSort.AlphabeticalAsc)
}
