import { ConfigError, type Violation } from '@triplane/config'
import { GRAFANA_URL, PROMETHEUS_URL } from '../alert.ts'
import { alertmanagerConfig } from '../alertmanager/alertmanager-config.ts'
import type { ChannelKinds } from '../alertmanager/receivers.ts'
import { compileOwnAlerts } from '../own-rules/own-alerts.ts'
import { parseRuleFile, type FileRule } from '../own-rules/rule-file.ts'
import { yamlText } from '../own-rules/yaml-text.ts'
import type { KnownMetrics } from '../promql/check-expression.ts'
import { knownMetrics, type Recorded } from '../promql/known-metrics.ts'
import { prometheusConfig } from './prometheus-config.ts'
import { runbookPage } from './runbook-page.ts'
import type { MonitoringSettings } from './settings.ts'
import { readFolder, readNeeded, readOptional, type SourceFile } from './source-folder.ts'

/** One file of the rendered folder. */
export interface RenderedFile {
  /** With slashes, below the folder. */
  readonly path: string
  readonly content: string
  /** Readable only by its server. */
  readonly isSecret?: boolean
}

export interface Rendered {
  readonly files: readonly RenderedFile[]
  readonly kinds: ChannelKinds
  /** Notices for the user, one line each. */
  readonly notices: readonly string[]
}

export interface RenderOptions {
  /** The repository's `infrastructure` folder. */
  readonly from: string
  readonly settings: MonitoringSettings
  /** Where Alertmanager finds its file. */
  readonly alertmanagerFolder: string
}

const YAML = /\.ya?ml$/

/**
 * The files of Prometheus and Alertmanager in memory; nothing is written. Throws one `ConfigError` that names file and place of
 * every mistake in rules.
 */
export function renderMonitoring({ from, settings, alertmanagerFolder }: RenderOptions): Rendered {
  const base = readNeeded(from, 'prometheus/prometheus.yml')
  const rules = readFolder(from, 'prometheus/rules', YAML)
  const usersRules = readFolder(from, 'prometheus/rules.d', YAML)
  const usersAlerts = readOptional(from, 'prometheus/alert_rules.yaml')

  const builtIn = rules.flatMap(({ file, content }) => parseRuleFile(file, content))
  const violations: Violation[] = []
  for (const { file, content } of usersRules) attempt(violations, file, () => parseRuleFile(file, content))
  const metrics = usersAlerts && knownOf(builtIn)
  const own = metrics && attempt(violations, usersAlerts.file, () => compile(usersAlerts, builtIn, metrics))
  if (violations.length > 0) throw new ConfigError('A rule', violations)

  const prometheus = prometheusConfig(base.file, base.content, settings)
  const alertmanager = alertmanagerConfig(settings, alertmanagerFolder)

  const files: RenderedFile[] = [
    { path: 'prometheus/prometheus.yml', content: prometheus.content },
    ...copies('prometheus/rules', rules).map((rule) => ({ ...rule, content: withLinks(rule.content, settings) })),
    ...copies('prometheus/rules.d', usersRules),
    ...(own ? [{ path: 'prometheus/own/alert_rules.yml', content: own.content }] : []),
    ...copies('prometheus/targets', readFolder(from, 'prometheus/targets', YAML)),
    ...readFolder(from, 'runbooks', /\.md$/).map(pageOf),
    ...secretFiles('prometheus', prometheus.secrets),
    { path: 'alertmanager/alertmanager.yml', content: yamlText(alertmanager.file) },
    ...copies('alertmanager/templates', readFolder(from, 'alertmanager/templates', /\.tmpl$/)),
    ...secretFiles('alertmanager', alertmanager.secrets),
  ]
  return { files, kinds: alertmanager.kinds, notices: [...alertmanager.notices, ...(own?.notices ?? [])] }
}

/** Returns the result of `act`; adds the problems that it throws about the file to `violations`. */
function attempt<Result>(violations: Violation[], file: string, act: () => Result): Result | undefined {
  try {
    return act()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    violations.push(...error.violations.map((one) => ({ ...one, path: `${file}, ${one.path}` })))
    return undefined
  }
}

/** The built-in rules are files beside this program, and may have another version: an image that was not rebuilt. */
function knownOf(rules: readonly FileRule[]): KnownMetrics {
  try {
    return knownMetrics(rules.flatMap(recordingOf))
  } catch (error) {
    const expected = 'rules of the version of this program (with Docker: docker compose up --build)'
    throw new ConfigError('A rule', [{ path: 'prometheus/rules', expected, found: (error as Error).message }])
  }
}

function compile({ file, content }: SourceFile, rules: readonly FileRule[], metrics: KnownMetrics) {
  const alerts = new Set(rules.flatMap(({ alert }) => alert ?? []))
  return compileOwnAlerts(file, content, { alerts, metrics })
}

function recordingOf({ record, expr, labels }: FileRule): Recorded[] {
  if (record === undefined) return []
  const texts = Object.entries(labels ?? {}).map(([name, value]) => [name, String(value)] as const)
  return [{ record, expr: String(expr), labels: Object.fromEntries(texts) }]
}

function copies(folder: string, files: readonly SourceFile[]): RenderedFile[] {
  return files.map(({ name, content }) => ({ path: `${folder}/${name}`, content }))
}

/** The rules are generated with the default addresses. */
function withLinks(rules: string, { grafana, prometheus }: MonitoringSettings): string {
  return rules.replaceAll(`${GRAFANA_URL}/`, `${grafana.url}/`).replaceAll(`${PROMETHEUS_URL}/`, `${prometheus.url}/`)
}

function pageOf({ name, content }: SourceFile): RenderedFile {
  const title = name.replace(/\.md$/, '')
  return { path: `prometheus/consoles/runbooks/${title}.html`, content: runbookPage(title, content) }
}

function secretFiles(server: string, secrets: ReadonlyMap<string, string>): RenderedFile[] {
  return [...secrets].map(([name, content]) => ({ path: `${server}/secrets/${name}`, content, isSecret: true }))
}
