import type * as cog from '@grafana/grafana-foundation-sdk/cog'
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common'
import type { DataTransformerConfig, DynamicConfigValue, Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder, PromQueryFormat, QueryEditorMode } from '@grafana/grafana-foundation-sdk/prometheus'
import { panelIdOf } from '@triplane/monitoring'
import { helpOf } from './help.ts'

/** The user picks the data sources in these template variables. */
export const prometheus: DataSourceRef = { type: 'prometheus', uid: '${prometheus}' }
export const postgres: DataSourceRef = { type: 'grafana-postgresql-datasource', uid: '${postgres}' }
/** Grafana's own name for a panel with queries to several data sources. */
const mixed: DataSourceRef = { type: 'datasource', uid: '-- Mixed --' }

export interface PrometheusQuery {
  readonly expr: string
  readonly legend?: string
  /** A single value per series, at the end of the time range. */
  readonly instant?: boolean
  readonly format?: PromQueryFormat
  /**
   * The smallest step, like `15s`; `$__rate_interval` is at least four of these. For metrics scraped every 15 s, and for rare
   * events.
   */
  readonly minStep?: string
}

interface SqlQuery {
  readonly sql: string
  /** A table, unless the time is an axis. */
  readonly format?: 'table' | 'time_series'
}

type Query = PrometheusQuery | SqlQuery

/** A saved query of Grafana's SQL data sources, for which the SDK has no type. */
export interface SqlTarget extends cog.Dataquery {
  readonly refId: string
  readonly datasource: DataSourceRef
  readonly rawSql: string
  readonly rawQuery: true
  readonly editorMode: 'code'
  readonly format: 'table' | 'time_series'
}

/** The fields of every panel. */
export interface PanelSpec {
  /** Unique within its dashboard; its id follows from it. */
  readonly title: string
  /** What it shows, where the help of its metrics does not explain it; required without metrics. */
  readonly shows?: string
  /** When to worry: a sentence. */
  readonly worry: string
  /** One of Grafana's units. */
  readonly unit: string
  readonly queries: readonly Query[]
  readonly transformations?: readonly DataTransformerConfig[]
  /** Settings of single fields, by the name of the field. */
  readonly fields?: Readonly<Record<string, readonly DynamicConfigValue[]>>
  /** A separate time range, back from the end of the dashboard's: `3h`, or a variable. */
  readonly timeFrom?: string
  /** In columns of 24; default 8. */
  readonly width?: number
  /** In rows of the grid; default 8. */
  readonly height?: number
}

/** A panel without a position. */
export interface PanelDraft {
  readonly panel: Panel
  readonly width: number
  readonly height: number
}

/** The common part of the builders of all panels. */
interface Builder {
  build(): Panel
  id(id: number): this
  title(title: string): this
  description(description: string): this
  unit(unit: string): this
  datasource(datasource: DataSourceRef): this
  targets(targets: cog.Builder<cog.Dataquery>[]): this
  transformations(transformations: DataTransformerConfig[]): this
  timeFrom(timeFrom: string): this
  overrideByName(name: string, properties: DynamicConfigValue[]): this
  overrideByRegexp(regexp: string, properties: DynamicConfigValue[]): this
}

/** Series of a side, by their names in legends and columns, and their colours. */
const sides = [
  ['/\\b(buy|bought|bids?)\\b/i', 'green'],
  ['/\\b(sell|sold|asks?)\\b/i', 'red'],
] as const

/** Whether a query has series or columns of the two sides. */
function isBySide(query: { readonly legend?: string } | { readonly sql: string }): boolean {
  const names = 'sql' in query ? query.sql : (query.legend ?? '')
  return /\{\{\s*(side|direction|action)\s*\}\}|^(buy|sell|bought|sold|bids?|asks?)$|\bas (buy|sell)\b/i.test(names)
}

/** A field in one colour, whatever the palette. */
export const fixedColour = (fixedColor: string): DynamicConfigValue => ({
  id: 'color',
  value: { mode: 'fixed', fixedColor },
})

/** Fills in the fields of every panel. Throws when no text explains what it shows. */
export function draftPanel(builder: Builder, spec: PanelSpec): PanelDraft {
  const { title, worry, unit, queries, transformations = [], fields = {}, width = 8, height = 8 } = spec
  const shows = spec.shows ?? helpOf(queries.flatMap((query) => ('expr' in query ? [query.expr] : [])))
  if (shows === '') throw new Error(`Expected the panel "${title}" to say what it shows`)
  builder
    .id(panelIdOf(title))
    .title(title)
    .description(`${shows} ${worry}`)
    .unit(unit)
    .datasource(dataSourceOf(queries))
    .targets(queries.map((query, i) => ({ build: () => targetOf(query, String.fromCharCode(65 + i)) })))
  if (transformations.length > 0) builder.transformations([...transformations])
  if (spec.timeFrom !== undefined) builder.timeFrom(spec.timeFrom)
  if (queries.some(isBySide)) {
    for (const [names, colour] of sides) builder.overrideByRegexp(names, [fixedColour(colour)])
  }
  for (const [name, properties] of Object.entries(fields)) builder.overrideByName(name, [...properties])
  return { panel: builder.build(), width, height }
}

function dataSourceOf(queries: readonly Query[]): DataSourceRef {
  const asked = new Set(queries.map((query) => ('expr' in query ? prometheus : postgres)))
  return asked.size > 1 ? mixed : ([...asked][0] ?? prometheus)
}

function targetOf(query: Query, refId: string): cog.Dataquery {
  if (!('expr' in query)) {
    const target: Omit<SqlTarget, '_implementsDataqueryVariant'> = {
      refId,
      datasource: postgres,
      rawSql: query.sql.trim(),
      rawQuery: true,
      editorMode: 'code',
      format: query.format ?? 'table',
    }
    return { ...target, _implementsDataqueryVariant: () => undefined }
  }
  const { expr, legend, instant = false, format = PromQueryFormat.TimeSeries, minStep } = query
  const builder = new DataqueryBuilder()
    .refId(refId)
    .datasource(prometheus)
    .editorMode(QueryEditorMode.Code)
    .expr(expr)
    .format(format)
  if (legend !== undefined) builder.legendFormat(legend)
  if (minStep !== undefined) builder.interval(minStep)
  return (instant ? builder.instant() : builder.range()).build()
}
