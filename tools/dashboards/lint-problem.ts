/** A broken rule of a dashboard, and where. */
export interface LintProblem {
  readonly rule: LintRule
  /** Title of the panel, name of the variable or annotation; empty for the dashboard. */
  readonly where: string
  readonly message: string
}

export const lintRules = [
  'importable',
  'refresh',
  'links',
  'annotations',
  'variables',
  'data_source',
  'ids',
  'layout',
  'description',
  'unit',
  'no_query',
  'transformation',
  'promql',
  'rate_interval',
  'filters',
  'instruments',
  'legend',
  'sql',
] as const
export type LintRule = (typeof lintRules)[number]
