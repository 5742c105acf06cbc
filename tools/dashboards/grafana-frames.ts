import type { DataFrame, Field } from '@grafana/data'
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import { PromQueryFormat, type Dataquery } from '@grafana/grafana-foundation-sdk/prometheus'
import { isSql, targetsOf } from './queries.ts'

/** A series of Prometheus' API: of a range query, or of an instant query with one sample. */
export interface PrometheusSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly (readonly [timeSeconds: number, value: string])[]
}

/** Rows as `pg` returns them. */
export type SqlRows = readonly Readonly<Record<string, unknown>>[]

/**
 * The frames that the data sources give a panel for these answers, by refId, in the order of its queries: in the shapes of
 * Grafana's Prometheus data source (result_transformer.ts) and its SQL ones.
 */
export function framesOf(
  panel: Panel,
  answers: Readonly<Record<string, readonly PrometheusSeries[] | SqlRows>>,
): DataFrame[] {
  const targets = targetsOf(panel)
  const tables = targets.filter((target) => !isSql(target) && target.format === PromQueryFormat.Table).length
  return targets.flatMap((target) => {
    const refId = target.refId ?? ''
    const answer = answers[refId] ?? []
    if (isSql(target)) return sqlFrame(refId, answer as SqlRows)
    const found = answer as readonly PrometheusSeries[]
    if (target.format !== PromQueryFormat.Table) return found.map((one) => seriesFrame(target, one))
    return found.length === 0 ? [] : tableFrame(refId, found, tables > 1 ? `Value #${refId}` : 'Value')
  })
}

const field = (name: string, type: string, values: unknown[], more: Partial<Field> = {}): Field => ({
  name,
  type: type as Field['type'],
  config: {},
  values,
  ...more,
})

function seriesFrame({ refId, legendFormat = '' }: Dataquery, { metric, values }: PrometheusSeries): DataFrame {
  const displayNameFromDS = legendFormat.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => metric[label] ?? label)
  const time = field(
    'Time',
    'time',
    values.map(([seconds]) => seconds * 1000),
  )
  const value = field(
    'Value',
    'number',
    values.map(([, text]) => Number(text)),
    {
      labels: { ...metric },
      config: { displayNameFromDS },
    },
  )
  return { refId: refId as string, name: displayNameFromDS, fields: [time, value], length: values.length }
}

/** One table of all series, a column for each label. */
function tableFrame(refId: string, found: readonly PrometheusSeries[], valueName: string): DataFrame {
  const samples = found.flatMap(({ metric, values }) => values.map(([seconds, text]) => ({ metric, seconds, text })))
  const labels = [...new Set(found.flatMap(({ metric }) => Object.keys(metric).sort()))]
  const fields = [
    field(
      'Time',
      'time',
      samples.map(({ seconds }) => seconds * 1000),
    ),
    ...labels.map((label) =>
      field(
        label,
        'string',
        samples.map(({ metric }) => metric[label] ?? ''),
      ),
    ),
    field(
      valueName,
      'number',
      samples.map(({ text }) => Number(text)),
    ),
  ]
  return { refId, fields, length: samples.length }
}

/** A table of the rows. A numeric column named time is a time in seconds. */
function sqlFrame(refId: string, rows: SqlRows): DataFrame {
  const names = Object.keys(rows[0] ?? {})
  const fields = names.map((name) => {
    const values = rows.map((row) => row[name])
    const some = values.find((value) => value !== null && value !== undefined)
    if (some instanceof Date)
      return field(
        name,
        'time',
        values.map((value) => (value as Date | null)?.getTime() ?? null),
      )
    if (name === 'time')
      return field(
        name,
        'time',
        values.map((value) => Number(value) * 1000),
      )
    // pg returns bigint and numeric as text, Grafana as numbers: numeric text counts as a number.
    const isNumber =
      typeof some === 'number' || (typeof some === 'string' && some !== '' && Number.isFinite(Number(some)))
    return isNumber
      ? field(
          name,
          'number',
          values.map((value) => (value === null ? null : Number(value))),
        )
      : field(name, 'string', values)
  })
  return { refId, fields, length: rows.length }
}
