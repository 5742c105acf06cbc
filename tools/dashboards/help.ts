import { parseExpression, substituteVariables } from '@triplane/monitoring'
import { allCatalogs } from '../families.ts'

const helpByName = new Map(
  allCatalogs.flatMap((catalog) => Object.values(catalog).map(({ name, help }) => [name, help])),
)

/** A value for every template variable: any will do, where only the metrics matter. */
const ANYTHING: Readonly<Record<string, string>> = Object.fromEntries(
  ['job', 'dag', 'exchange', 'strategy', 'symbol', 'timeframe'].map((name) => [name, '1m']),
)

/** The help texts of the catalogue's metrics that these expressions name, each once. Throws when one cannot be parsed. */
export function helpOf(expressions: readonly string[]): string {
  const metrics = new Set(expressions.flatMap(metricsOf))
  const helps = [...metrics].map((name) => helpByName.get(name)).filter((help) => help !== undefined)
  return [...new Set(helps)].join(' ')
}

/**
 * The names of the metrics of an expression with template variables; a histogram's without its suffix. Throws when it cannot be
 * parsed.
 */
export function metricsOf(expr: string): string[] {
  const substituted = substituteVariables(expr, ANYTHING)
  if (!substituted.ok) throw new Error(substituted.error.message)
  const parsed = parseExpression(substituted.value)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.value.selectors.flatMap(({ metric = '' }) => {
    const family = metric.replace(/_(bucket|sum|count)$/, '')
    return helpByName.has(metric) || !helpByName.has(family) ? [metric] : [family]
  })
}
