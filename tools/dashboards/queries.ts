import {
  VariableType,
  type Dashboard,
  type Panel,
  type RowPanel,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus'
import { substituteVariables } from '@triplane/monitoring'
import type { SqlTarget } from './panel.ts'
import { expandSql } from './sql-macros.ts'

/** The time range and resolution of a view on a dashboard, and the values picked in its variables. */
export interface View {
  readonly fromMs: number
  readonly toMs: number
  /** The time between two points, unless a query asks for more. In Grafana it follows from the width of the panel. */
  readonly stepSeconds: number
  /** As set in the Prometheus data source; default 1. */
  readonly scrapeSeconds?: number
  /** By variable; several values are an array. A missing variable keeps the value of the dashboard. */
  readonly values: Readonly<Record<string, string | readonly string[]>>
}

interface Asked {
  readonly dashboard: string
  /** Title of the panel, name of the annotation or variable. */
  readonly from: string
  readonly of: 'panel' | 'annotation' | 'variable'
  readonly refId: string
}

/** A query as Grafana sends it. */
export type DashboardQuery = Asked &
  (
    | {
        readonly kind: 'range'
        readonly expr: string
        readonly startMs: number
        readonly endMs: number
        readonly stepSeconds: number
      }
    | { readonly kind: 'instant'; readonly expr: string; readonly timeMs: number }
    | { readonly kind: 'sql'; readonly sql: string; readonly format: 'table' | 'time_series' }
  )

/** A saved query of a panel or an annotation. */
export type Target = Dataquery | SqlTarget

export function isSql(target: Target): target is SqlTarget {
  return 'rawSql' in target
}

/** The panels of a dashboard, without rows and texts. */
export function panelsOf({ panels = [] }: Dashboard): Panel[] {
  const isRow = (panel: Panel | RowPanel): panel is RowPanel => panel.type === 'row'
  return panels.flatMap((panel) => (isRow(panel) ? panel.panels : [panel])).filter(({ type }) => type !== 'text')
}

export function targetsOf({ targets = [] }: Panel): Target[] {
  return targets as Target[]
}

/**
 * Every query of a dashboard: its panels', annotations' and variables', each as Prometheus or Postgres gets it. The options of
 * a variable query the labels of series: `label_values(metric, label)` becomes `group by (label) (metric)`. Throws for an
 * unknown variable.
 */
export function queriesOf(dashboard: Dashboard, view: View): DashboardQuery[] {
  const ofDashboard = { dashboard: dashboard.title ?? '' }
  const variables = dashboard.templating.list ?? []
  const panels = panelsOf(dashboard).flatMap((panel) => {
    const ofPanel = panelView(panel, view, variables)
    return targetsOf(panel).map((target): DashboardQuery => {
      const asked: Asked = { ...ofDashboard, from: panel.title ?? '', of: 'panel', refId: target.refId ?? '' }
      return { ...asked, ...expandTarget(target, ofPanel, variables) }
    })
  })
  const annotations = (dashboard.annotations.list ?? []).map(({ name, target }): DashboardQuery => {
    const asked: Asked = { ...ofDashboard, from: name, of: 'annotation', refId: 'Anno' }
    return { ...asked, ...expandTarget(target as Target, view, variables) }
  })
  const options = variables
    .filter(({ type }) => type === VariableType.Query)
    .map((variable): DashboardQuery => {
      const asked: Asked = { ...ofDashboard, from: variable.name, of: 'variable', refId: variable.name }
      return { ...asked, ...expandTarget(optionsOf(variable), view, variables) }
    })
  return [...panels, ...annotations, ...options]
}

type Expanded =
  | Omit<Extract<DashboardQuery, { kind: 'range' }>, keyof Asked>
  | Omit<Extract<DashboardQuery, { kind: 'instant' }>, keyof Asked>
  | Omit<Extract<DashboardQuery, { kind: 'sql' }>, keyof Asked>

function expandTarget(target: Target, view: View, variables: readonly VariableModel[]): Expanded {
  const { fromMs, toMs, scrapeSeconds = 1 } = view
  if (isSql(target)) {
    const values = Object.fromEntries(variables.map((variable) => [variable.name, valueOf(variable, view)]))
    const sql = expandSql(target.rawSql, { fromMs, toMs, intervalSeconds: view.stepSeconds, values })
    return { kind: 'sql', sql, format: target.format }
  }
  const minStep = target.interval === undefined ? scrapeSeconds : secondsOf(target.interval)
  const stepSeconds = Math.max(view.stepSeconds, minStep)
  const substituted = substituteVariables(target.expr, {
    __interval: `${stepSeconds}s`,
    // pkg/promlib/models/query.go of Grafana, calculateRateInterval
    __rate_interval: `${Math.max(view.stepSeconds + minStep, 4 * minStep)}s`,
    __range: `${Math.round((toMs - fromMs) / 1000)}s`,
    ...Object.fromEntries(variables.map((variable) => [variable.name, inPromql(variable, valueOf(variable, view))])),
  })
  if (!substituted.ok) throw new Error(substituted.error.message)
  const expr = substituted.value
  if (target.instant) return { kind: 'instant', expr, timeMs: toMs }
  const aligned = (ms: number) => Math.floor(ms / 1000 / stepSeconds) * stepSeconds * 1000
  return { kind: 'range', expr, startMs: aligned(fromMs), endMs: aligned(toMs), stepSeconds }
}

/** A panel may have a separate time range, back from the end of the dashboard's. */
function panelView(panel: Panel, view: View, variables: readonly VariableModel[]): View {
  if (panel.timeFrom === undefined) return view
  const values = Object.fromEntries(variables.map((variable) => [variable.name, String(valueOf(variable, view))]))
  const substituted = substituteVariables(panel.timeFrom, values)
  if (!substituted.ok) throw new Error(substituted.error.message)
  return { ...view, fromMs: view.toMs - secondsOf(substituted.value) * 1000 }
}

const LABEL_VALUES = /^label_values\((.*),\s*(\w+)\)$/

/** The query of a variable of type query. */
function optionsOf({ name, query, datasource }: VariableModel): Target {
  const text = typeof query === 'string' ? query : String(query?.['query'])
  const [, selector = '', label = ''] = LABEL_VALUES.exec(text) ?? []
  const expr = label === '' ? undefined : `group by (${label}) (${selector})`
  const target = expr === undefined ? { rawSql: text, format: 'table' } : { expr, instant: true }
  return { refId: name, datasource, ...target, _implementsDataqueryVariant: () => undefined } as Target
}

/** The picked value: that of the view, otherwise that of the dashboard. */
function valueOf(variable: VariableModel, { values }: View): string | readonly string[] {
  const picked = values[variable.name]
  if (picked !== undefined) return picked
  const { value } = variable.current ?? {}
  if (value === '$__all' && variable.allValue !== undefined) return variable.allValue
  if (value === undefined || value === '$__all') {
    return variable.type === VariableType.Query ? [] : ''
  }
  return value
}

/** Writes values like Grafana's Prometheus data source: several as an alternative, escaped where several are possible. */
function inPromql({ multi, allValue }: VariableModel, value: string | readonly string[]): string {
  if (typeof value === 'string') {
    if (value === allValue) return value
    return multi ? escapeRegex(value) : value.replace(/[\\"]/g, '\\$&')
  }
  const escaped = value.map(escapeRegex)
  return escaped.length === 1 ? (escaped[0] as string) : `(${escaped.join('|')})`
}

function escapeRegex(value: string): string {
  return value.replace(/[\\^$*{}[\]'+?.()|]/g, String.raw`\\$&`)
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Reads `15s`, `3h`, `7d`. Throws on anything else. */
export function secondsOf(text: string): number {
  const [, count = '', unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? []
  const length = UNIT_SECONDS[unit]
  if (length === undefined) throw new Error(`Expected a length of time like 15s, was "${text}"`)
  return Number(count) * length
}
