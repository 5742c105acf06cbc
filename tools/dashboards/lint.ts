import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common'
import {
  DashboardLinkType,
  VariableType,
  type Dashboard,
  type Panel,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { dashboardUids, panelIdOf, type KnownMetrics } from '@triplane/monitoring'
import { lintExpression, lintLegend } from './lint-promql.ts'
import type { LintProblem, LintRule } from './lint-problem.ts'
import { lintSql } from './lint-sql.ts'
import { isSql, panelsOf, secondsOf, targetsOf, type Target } from './queries.ts'

export interface LintContext {
  /** Metrics that expressions may name. */
  readonly known: KnownMetrics
  /** Names of Grafana's transformations and units. */
  readonly transformations: ReadonlySet<string>
  readonly units: ReadonlySet<string>
}

const MAX_PANELS = 25
const COLUMNS = 24
/** Dashboards that refresh every second or faster. */
const LIVE: readonly string[] = [dashboardUids.market]

const SOURCES: Readonly<Record<string, string>> = {
  '${prometheus}': 'prometheus',
  '${postgres}': 'grafana-postgresql-datasource',
  '-- Mixed --': 'datasource',
}

/** Reports every house rule that a dashboard breaks. */
export function lintDashboard(dashboard: Dashboard, context: LintContext): LintProblem[] {
  return [
    ...lintWhole(dashboard),
    ...lintLayout(dashboard),
    ...lintVariables(dashboard),
    ...panelsOf(dashboard).flatMap((panel) => lintPanel(panel, dashboard, context)),
    ...lintAnnotations(dashboard, context),
  ]
}

function lintWhole(dashboard: Dashboard): LintProblem[] {
  const { id, uid, title, schemaVersion, refresh = '', timepicker, links = [] } = dashboard
  const problems: LintProblem[] = []
  const report = (rule: LintRule, message: string) => problems.push({ rule, where: '', message })
  if (id !== null) report('importable', `Expected no id, was ${id}`)
  for (const key of ['__inputs', '__requires']) {
    if (key in dashboard) report('importable', `Expected data sources to be variables, was ${key}`)
  }
  if (!uid || !title || !(schemaVersion > 0)) report('importable', 'Expected a uid, a title and a schema version')
  const isLive = LIVE.includes(uid ?? '')
  const seconds = /^\d+(ms|s|m)$/.test(refresh) ? refreshSeconds(refresh) : Number.NaN
  if (isLive ? !(seconds <= 1) : !(seconds >= 5 && seconds <= 30)) {
    report('refresh', `Expected a refresh ${isLive ? 'every second' : 'every 5 to 30 s'}, was "${refresh}"`)
  }
  if (!timepicker?.refresh_intervals?.includes('1s')) report('refresh', 'Expected 1s among the refresh intervals')
  const others = links.find(
    ({ type, tags }) => type === DashboardLinkType.Dashboards && tags.some((tag) => dashboard.tags?.includes(tag)),
  )
  if (!others?.keepTime || !others.includeVars) {
    report('links', 'Expected a link to the others by tag that keeps time and variables')
  }
  return problems
}

function refreshSeconds(text: string): number {
  return text.endsWith('ms') ? Number.parseInt(text) / 1000 : secondsOf(text)
}

function lintLayout(dashboard: Dashboard): LintProblem[] {
  const problems: LintProblem[] = []
  const ids = new Map<number, string>()
  const taken = new Map<string, string>()
  for (const panel of dashboard.panels ?? []) {
    const { title = '', id = 0, gridPos, type } = panel
    const other = ids.get(id)
    if (other !== undefined)
      problems.push({ rule: 'ids', where: title, message: `Expected an id of its own, was that of ${other}` })
    ids.set(id, title)
    if (type !== 'row' && id !== panelIdOf(title)) {
      problems.push({
        rule: 'ids',
        where: title,
        message: `Expected the id ${panelIdOf(title)} of its title, was ${id}`,
      })
    }
    if (!gridPos || gridPos.x + gridPos.w > COLUMNS) {
      problems.push({ rule: 'layout', where: title, message: 'Expected a place within 24 columns' })
      continue
    }
    const overlapped = new Set<string>()
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        const before = taken.get(`${x},${y}`)
        if (before !== undefined) overlapped.add(before)
        taken.set(`${x},${y}`, title)
      }
    }
    for (const before of overlapped) {
      problems.push({ rule: 'layout', where: title, message: `Expected a place of its own, was over ${before}` })
    }
  }
  const count = panelsOf(dashboard).length
  if (count > MAX_PANELS)
    problems.push({ rule: 'layout', where: '', message: `Expected at most ${MAX_PANELS} panels, was ${count}` })
  return problems
}

/** Checks that every used variable exists, and that every variable is used. */
function lintVariables(dashboard: Dashboard): LintProblem[] {
  const variables = dashboard.templating.list ?? []
  const names = variables.map(({ name }) => name)
  const { templating: _, ...rest } = dashboard
  const problems: LintProblem[] = []
  const report = (where: string, message: string) => problems.push({ rule: 'variables', where, message })
  for (const name of ['prometheus', 'job']) {
    if (!names.includes(name)) report(name, 'Expected this variable')
  }
  for (const name of names) {
    const others = JSON.stringify([rest, variables.filter((other) => other.name !== name)])
    if (!usedIn(others).has(name)) report(name, 'Expected a variable that is used')
  }
  for (const used of usedIn(JSON.stringify(dashboard))) {
    if (!names.includes(used)) report(used, 'Expected a variable of the dashboard')
  }
  for (const { name, type, query, datasource } of variables) {
    const isSource = name === 'prometheus' || name === 'postgres'
    if (isSource && (type !== VariableType.Datasource || query !== SOURCES[`\${${name}}`])) {
      problems.push({ rule: 'data_source', where: name, message: `Expected a choice of data sources, was ${type}` })
    }
    if (type === VariableType.Query) problems.push(...lintSource(name, datasource))
  }
  return problems
}

/** Template variables in a text; Grafana's own begin with two underscores. */
function usedIn(text: string): Set<string> {
  const found = text.matchAll(/\$(?:\{(\w+)[^}]*\}|(\w+))/g)
  return new Set([...found].map(([, braced, plain]) => braced ?? plain ?? '').filter((name) => !/^(__|\d)/.test(name)))
}

function lintPanel(panel: Panel, dashboard: Dashboard, { known, transformations, units }: LintContext): LintProblem[] {
  const { title = '', description = '', fieldConfig } = panel
  const targets = targetsOf(panel)
  const problems: LintProblem[] = []
  const report = (rule: LintRule, message: string) => problems.push({ rule, where: title, message })
  if (!/^\S.{20,}\.$/s.test(description)) report('description', 'Expected a description in sentences')
  const { defaults, overrides = [] } = fieldConfig ?? {}
  const overridden = overrides.flatMap(({ properties }) => properties).filter(({ id }) => id === 'unit')
  for (const unit of [defaults?.unit ?? '', ...overridden.map(({ value }) => String(value))]) {
    if (!units.has(unit) && !/^suffix:\S/.test(unit)) report('unit', `Expected a unit of Grafana's, was "${unit}"`)
  }
  if (targets.length === 0) report('no_query', 'Expected a query')
  problems.push(...lintSource(title, panel.datasource))
  for (const { id } of panel.transformations ?? []) {
    if (!transformations.has(id)) report('transformation', `Expected a transformation of Grafana's, was ${id}`)
  }
  const variables = dashboard.templating.list ?? []
  for (const target of targets) {
    problems.push(...lintSource(title, target.datasource))
    const text = isSql(target) ? target.rawSql : target.expr
    if (!text) report('no_query', `Expected a query in ${target.refId}`)
    else problems.push(...lintTarget(target, variables, known).map((problem) => ({ ...problem, where: title })))
  }
  return problems
}

function lintTarget(target: Target, variables: readonly VariableModel[], known: KnownMetrics) {
  if (isSql(target)) return lintSql(target, variables)
  return [...lintExpression(target, variables, known), ...lintLegend(target, variables, known)]
}

function lintSource(where: string, source: DataSourceRef | undefined): LintProblem[] {
  const { type, uid = '' } = source ?? {}
  if (SOURCES[uid] !== undefined && SOURCES[uid] === type) return []
  return [{ rule: 'data_source', where, message: `Expected a data source by variable, was ${type} ${uid}` }]
}

function lintAnnotations(dashboard: Dashboard, { known }: LintContext): LintProblem[] {
  const annotations = dashboard.annotations.list ?? []
  const expressions = annotations.map(({ target }) => (target as { expr?: string } | undefined)?.expr ?? '')
  const problems: LintProblem[] = ['strategy_kill_switch_active', 'triplane_build_info']
    .filter((metric) => !expressions.some((expr) => expr.includes(metric)))
    .map((metric) => ({ rule: 'annotations', where: '', message: `Expected an annotation of ${metric}` }))
  for (const { name, datasource, target } of annotations) {
    const query = target as Target
    problems.push(...lintSource(name, datasource))
    const found = lintTarget(query, dashboard.templating.list ?? [], known)
    problems.push(...found.filter(({ rule }) => rule === 'promql').map((problem) => ({ ...problem, where: name })))
  }
  return problems
}
