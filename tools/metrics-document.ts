import {
  catalogs,
  everyServiceCatalog,
  isPlanned,
  processCatalog,
  type Catalog,
  type Label,
  type MetricDefinition,
} from '@triplane/metrics'
import { alertRules, duration, recordingRules, serviceLevels, thresholds, type AlertRule } from '@triplane/monitoring'
import { families, serviceFamilies } from './families.ts'
import { code, table } from './markdown.ts'
import { olderNames } from './older-names.ts'

/** The title of each catalogue, in the order of the document. */
const titles: Readonly<Record<keyof typeof catalogs, string>> = {
  data_plane: 'Data plane, :8000',
  order_plane: 'Order plane, :8001',
  strategy_plane: 'Strategy plane, :8002',
  jobs: 'Batch jobs, through the Pushgateway',
}

/** docs/metrics.md: every metric, recorded series, alert and objective, from the catalogues and rules. */
export function metricsDocument(): string {
  const sections = [
    intro,
    ...Object.entries(titles).map(([key, title]) => catalogSection(title, catalogs[key as keyof typeof catalogs])),
    ...serviceFamilies.map(([service, family]) => catalogSection(`The service ${service}`, family)),
    catalogSection('Every service', everyServiceCatalog),
    `${catalogSection('Node and the process', processCatalog)}\n\nThe texts of these are Node's client's own.`,
    plannedSection(),
    olderNamesSection(),
    recordingsSection(),
    alertsSection(),
    slosSection(),
  ]
  return `${sections.join('\n\n')}\n`
}

const intro = `<!-- Made by \`npm run generate\` from the catalogues in libs/metrics and the rules in libs/monitoring. -->

# Metrics and alerts

Names, types and labels are a contract: dashboards, alerts and scripts of users query them. Beside the labels below every series of ours
has \`service\`, and \`job\` and \`instance\` as Prometheus scrapes it. Units are base units: seconds, ratios from 0 to 1, USD where the
name says so. Every label set that can occur is 0 from the start, of counters, gauges and histograms; a *measurement* is a gauge that has no
series before it is measured. What [nothing records yet](#not-recorded-yet) has its HELP and TYPE and no series. Who comes from dotted names
finds [ours for each](#names-of-older-code).

A metric of the group \`book\` is at \`/metrics?families=book\`, every other at \`/metrics?families=core\`. Over the cap of 10,000 lines
whole metrics go, first \`book\`, then \`detail\` (histograms by symbol, candles that are still forming), then \`normal\`; \`vital\` never. Without
what is \`book\` or \`detail\` an instrument that is traded has at most 45 in a plane, so that 200 fit. One that is only quoted has those that are
*also quoted*, 4 in the data plane and none elsewhere, so that 2,000 fit: of \`crypto_price\` the bid and the ask, of an index the last price.`

function catalogSection(title: string, catalog: Catalog): string {
  const metrics = Object.values(catalog)
  const rows = metrics.map((metric) => [
    code(metric.name),
    typeOf(metric),
    metric.labels.map(labelText).join('<br>'),
    metric.help,
    metric.isOfQuoted ? `${metric.priority}, also quoted` : metric.priority,
  ])
  const histograms = metrics.filter(({ type }) => type === 'histogram')
  const bounds = histograms.map(({ name, buckets }) => [code(name), buckets.join(', ')])
  return [
    `## ${title}`,
    table(['metric', 'type', 'labels', 'meaning', 'group'], rows),
    ...(bounds.length > 0 ? [table(['histogram', 'upper bounds of the buckets, and +Inf'], bounds)] : []),
  ].join('\n\n')
}

const plannedMetrics = families.flatMap(([, family]) => Object.values(family)).filter(isPlanned)

function plannedSection(): string {
  const rows = plannedMetrics.map(({ name, help }) => [code(name), help])
  const text = `These families are part of the contract, and nothing records them yet: \`/metrics\` shows their HELP and TYPE without a sample, so that
what queries them is checked and shows nothing rather than a 0 that nobody counted. Those of the stream monitor (\`stream_...\`) come with it.`
  return ['## Not recorded yet', text, table(['metric', 'meaning'], rows)].join('\n\n')
}

function olderNamesSection(): string {
  const rows = olderNames.map(({ name, metrics, note }) => {
    const isRecorded = metrics.some((metric) => plannedMetrics.every((planned) => planned.name !== metric))
    const notes = [note, isRecorded ? undefined : 'not recorded yet'].filter((text) => text !== undefined)
    return [code(name), metrics.map(code).join('<br>'), notes.join('; ')]
  })
  const text = 'Dotted names, as StatsD and older trading code have them, and what to query instead.'
  return ['## Names of older code', text, table(['older name', 'here', 'what is different'], rows)].join('\n\n')
}

function typeOf({ type, initial }: MetricDefinition): string {
  return type === 'gauge' && initial === undefined ? 'gauge (measurement)' : type
}

function labelText(label: Label): string {
  if (typeof label === 'string') return code(label)
  const { name, values } = label
  const isRange = values.length > 2 && values.every((value, i) => value === `${i}`)
  return `${code(name)}: ${isRange ? `0 to ${values.length - 1}` : values.join(' ')}`
}

function recordingsSection(): string {
  const rows = recordingRules(thresholds).map(({ record, labels = {}, expr }) => {
    const own = Object.entries(labels).map(([name, value]) => `${name}="${value}"`)
    return [code(own.length > 0 ? `${record}{${own.join(', ')}}` : record), code(expr)]
  })
  return ['## Recorded series', table(['series', 'expression'], rows)].join('\n\n')
}

function alertsSection(): string {
  const rows = alertRules().map((rule) => [
    `[${rule.name}](../infrastructure/runbooks/${rule.name}.md)`,
    rule.severity,
    rule.plane,
    rule.for ?? '0',
    rule.summary,
    code(rule.expr),
    panelText(rule),
  ])
  const text = `Who is told: critical pages by every channel, error by message, warning by chat and e-mail, info is logged only. The name leads to
the runbook. Levels of prices are set in \`libs/monitoring/src/thresholds.ts\` (\`priceLevels\`), and give alerts named
[PriceThreshold](../infrastructure/runbooks/PriceThreshold.md); rules of your own need no code, see docs/operations.md.`
  const head = ['alert', 'severity', 'plane', 'for', 'what', 'expression', 'panel']
  return ['## Alerts', text, table(head, rows)].join('\n\n')
}

function panelText({ picture: { dashboard, panel } }: AlertRule): string {
  return `${dashboard}: ${panel}`
}

function slosSection(): string {
  const rows = serviceLevels(thresholds).map(({ alert, slo, objectiveRatio, total, bad, floor }) => [
    `[${alert}](../infrastructure/runbooks/${alert}.md)`,
    code(slo),
    `${Number((objectiveRatio * 100).toPrecision(12))} %`,
    code(total),
    code(bad),
    `${floor}`,
  ])
  const { page, ticket } = thresholds.burnRates
  const burns = [
    ...page.map((burn) => ['critical', burn] as const),
    ...ticket.map((burn) => ['warning', burn] as const),
  ].map(([severity, { factor, longOverSeconds, shortOverSeconds }]) => [
    severity,
    `${factor}`,
    duration(longOverSeconds),
    duration(shortOverSeconds),
  ])
  return [
    '## Service level objectives',
    'Over 30 days. What is counted and what of it is bad are rates a second; the floor is the least that has to be counted in the longer window.',
    table(['alert', 'slo', 'objective', 'counted', 'bad', 'floor'], rows),
    'An alert fires when the budget burns so many times as fast as would use it up in 30 days, over both windows:',
    table(['severity', 'factor', 'over', 'and over'], burns),
  ].join('\n\n')
}
