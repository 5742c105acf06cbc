/** The values that Grafana inserts into SQL. */
export interface SqlValues {
  readonly fromMs: number
  readonly toMs: number
  readonly intervalSeconds: number
  readonly values: Readonly<Record<string, string | readonly string[]>>
}

const VARIABLE = /\$\{(\w+):sqlstring\}/g
const MACRO = /\$([_a-zA-Z0-9]+)\(([^)]*)\)/g

/**
 * SQL as Postgres gets it from Grafana: variables as quoted strings, macros like those of Grafana's Postgres data source
 * (macros.go; without the TimescaleDB setting). Throws on an unknown variable or macro.
 */
export function expandSql(sql: string, { fromMs, toMs, intervalSeconds, values }: SqlValues): string {
  const time = (ms: number) => `'${new Date(ms).toISOString()}'`
  const bucket = (column = '', seconds = 0) => `floor(extract(epoch from ${column})/${seconds})*${seconds}`

  function macro(whole: string, name: string, text: string): string {
    const [column = '', interval = ''] = text.split(',').map((argument) => argument.trim())
    if (name === '__timeFilter') return `${column} BETWEEN ${time(fromMs)} AND ${time(toMs)}`
    if (name === '__timeFrom') return time(fromMs)
    if (name === '__timeTo') return time(toMs)
    if (name === '__timeGroup') return bucket(column, Number.parseFloat(interval))
    if (name === '__timeGroupAlias') return `${bucket(column, Number.parseFloat(interval))} AS "time"`
    throw new Error(`Expected a macro of Grafana's, was ${whole}`)
  }

  const filled = sql
    .replaceAll('$__interval', `${intervalSeconds}s`)
    .replace(VARIABLE, (whole, name: string) => {
      const value = values[name]
      if (value === undefined) throw new Error(`Expected a variable of the dashboard, was ${whole}`)
      return [value].flat().map(quoted).join(',')
    })
    .replace(MACRO, macro)
  const left = /\$\{?[a-z_]\w*/i.exec(filled)
  if (left) throw new Error(`Expected \${name:sqlstring} or a macro, was ${left[0]}`)
  return filled
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}
