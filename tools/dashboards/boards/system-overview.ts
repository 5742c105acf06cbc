import { dashboardUids, thresholds } from '@triplane/monitoring'
import { createDashboard, variables } from '../dashboard.ts'
import { everyService as service, processOf } from '../metrics.ts'
import { stateTimeline, statPanel, tablePanel, timeSeries } from '../panels.ts'
import { createPromql, planeScope } from '../promql.ts'
import { newest, rows, series, states } from '../series.ts'
import { transform } from '../transformations.ts'

const { of, rate, max, age, increase } = createPromql(planeScope)
/** The programs that watch the planes are scraped every 15 s. */
const SLOW = '15s'
/** Other programs have process metrics too, without this label. */
const OURS = 'service!=""'
/** File systems in memory or read-only do not fill. */
const ON_DISK = '{fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660|nsfs|vfat|fuse.*"}'
const third = { width: 8, height: 8 }
const quarter = { width: 6, height: 7 }
const half = { width: 12, height: 7 }

const planes = [
  stateTimeline(
    {
      title: 'Targets up',
      shows: 'Whether Prometheus reaches each target, whether a plane that it reaches is ready, and its health checks.',
      worry:
        'Worry at down: nothing is known of that target, and it may be gone. Ready down: it waits for a run or for Kafka, or is suspended.',
      unit: 'none',
      queries: [
        series('min by (job) (min_over_time(up[$__rate_interval]))', '{{job}}'),
        series(`min by (service) (min_over_time(${of(service.ready)}[$__rate_interval]))`, '{{service}} ready'),
        series(
          `min by (service, check) (min_over_time(${of(service.healthCheck)}[$__rate_interval]))`,
          '{{service}} {{check}}',
        ),
      ],
      ...third,
    },
    states.up,
  ),
  tablePanel(
    {
      title: 'Alerts firing',
      shows: 'Alerts that fire now.',
      worry: 'Worry at critical; each has a runbook.',
      unit: 'none',
      queries: [
        rows('max by (alertname, severity, plane, service, source, exchange, symbol) (ALERTS{alertstate="firing"})'),
      ],
      transformations: [
        transform.rename({
          severity: 'severity',
          alertname: 'alert',
          plane: 'plane',
          service: 'service',
          source: 'source',
          exchange: 'exchange',
          symbol: 'symbol',
          Time: '',
          Value: '',
        }),
        transform.sort('severity'),
      ],
      ...third,
    },
    undefined,
  ),
  timeSeries(
    {
      title: 'Heartbeat age',
      shows: 'How long ago the heartbeat that each stage has seen last set out.',
      worry: 'Worry above the dashed line; the first stage that is above it is where things are stuck.',
      unit: 's',
      queries: [series(age(service.heartbeat, ['service', 'stage']), '{{service}} {{stage}}')],
      ...third,
    },
    { limit: { at: thresholds.heartbeatMissing.aboveSeconds }, min: 0 },
  ),
]

const bus = [
  timeSeries(
    {
      title: 'Bus lag',
      worry: 'Worry above the dashed line: a plane works on what is old.',
      unit: 's',
      queries: [series(max(service.busLag, ['service', 'topic']), '{{service}} {{topic}}')],
      ...quarter,
    },
    { limit: { at: thresholds.busLag.warningSeconds }, min: 0 },
  ),
  timeSeries(
    {
      title: 'Records not yet consumed',
      worry: 'Worry when they grow and none are consumed.',
      unit: 'short',
      queries: [series(max(service.busBuffered, ['service', 'topic']), '{{service}} {{topic}}')],
      ...quarter,
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Records produced and consumed',
      worry: 'Worry when what is consumed stays behind what is produced.',
      unit: 'ops',
      queries: [
        series(rate(service.busProduced, ['service', 'topic']), '{{service}} produces {{topic}}'),
        series(rate(service.busConsumed, ['service', 'topic']), '{{service}} consumes {{topic}}'),
      ],
      ...quarter,
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Bus errors',
      worry: 'Worry at any that go on.',
      unit: 'ops',
      queries: [series(rate(service.busErrors, ['service', 'topic']), '{{service}} {{topic}}')],
      ...quarter,
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Stages',
      shows: 'What goes into each stage and comes out of it.',
      worry: 'Worry when something goes in and nothing comes out.',
      unit: 'eps',
      queries: [
        series(rate(service.stageIn, ['service', 'stage']), '{{service}} {{stage}} in'),
        series(rate(service.stageOut, ['service', 'stage']), '{{service}} {{stage}} out'),
      ],
      ...half,
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Refused by stage',
      worry: 'Worry when a reason is new, or when most of what comes in is refused.',
      unit: 'eps',
      queries: [series(rate(service.stageRefused, ['service', 'stage', 'reason']), '{{service}} {{stage}} {{reason}}')],
      ...half,
    },
    { min: 0 },
  ),
]

const processes = [
  timeSeries(
    {
      title: 'Event loop lag p99',
      worry: 'Worry above the dashed line: everything in that plane waits.',
      unit: 's',
      queries: [series(max(service.eventLoopLag, ['service']), '{{service}}')],
      ...quarter,
    },
    { limit: { at: thresholds.eventLoopLag.aboveSeconds }, min: 0 },
  ),
  timeSeries(
    {
      title: 'CPU of the planes',
      worry: 'Worry near 1: a plane has one thread.',
      unit: 'percentunit',
      queries: [series(rate(processOf.cpu, ['service'], OURS), '{{service}}')],
      ...quarter,
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Memory of the planes',
      worry: 'Worry when it grows without end.',
      unit: 'bytes',
      queries: [
        series(max(processOf.residentMemory, ['service'], OURS), '{{service}} resident'),
        series(max(processOf.heapUsed, ['service']), '{{service}} heap'),
      ],
      ...quarter,
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Garbage collection',
      shows: "Share of time that Node's garbage collection takes.",
      worry: 'Worry above a few per cent.',
      unit: 'percentunit',
      queries: [
        series(
          `sum by (service, kind) (rate(${of(processOf.gc, '', '_sum')}[$__rate_interval]))`,
          '{{service}} {{kind}}',
        ),
      ],
      ...quarter,
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Open files',
      worry: 'Worry when they grow without end: sockets or files are not closed.',
      unit: 'short',
      queries: [series(max(processOf.openFiles, ['service'], OURS), '{{service}}')],
      ...quarter,
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Series',
      shows: 'Series that each target exposes at a scrape, and those over the cap that it does not.',
      worry: 'Worry when a plane nears its cap; when any are dropped, raise it or configure fewer instruments.',
      unit: 'short',
      queries: [
        series('max by (job) (scrape_samples_scraped)', '{{job}}'),
        series(max(service.seriesDropped, ['service', 'metric']), '{{service}} drops {{metric}}'),
      ],
      ...quarter,
    },
    { limit: { at: thresholds.seriesCap.maxSeries }, min: 0 },
  ),
  tablePanel(
    {
      title: 'What runs',
      worry: 'Worry when the planes are of different versions and no deploy is under way.',
      unit: 'none',
      queries: [
        rows(max(service.buildInfo, ['service', 'version', 'commit', 'node'])),
        rows(`time() - ${max(processOf.startTime, ['service'], OURS)}`),
      ],
      transformations: [
        transform.without('Time'),
        transform.join('service'),
        transform.rename({
          service: 'service',
          version: 'version',
          commit: 'commit',
          node: 'node',
          'Value #B': 'up for',
          'Value #A': '',
        }),
      ],
      fields: { 'up for': [{ id: 'unit', value: 's' }] },
      ...half,
    },
    undefined,
  ),
]

const history = [
  timeSeries(
    {
      title: 'Rows waiting on the disk',
      worry: 'Worry when they stay: the database is away, and what does not fit is lost.',
      unit: 'bytes',
      queries: [series(max(service.storageSpilled, ['service']), '{{service}}')],
      ...half,
    },
    { min: 0 },
  ),
  timeSeries(
    {
      title: 'Rows lost',
      worry: 'Worry at any: history has a hole.',
      unit: 'short',
      queries: [series(increase(service.storageLost, ['service', 'event_type']), '{{service}} {{event_type}}')],
      ...half,
    },
    { draw: 'bars', min: 0 },
  ),
]

const machine = [
  timeSeries(
    {
      title: 'CPU',
      shows: 'Share of the CPUs that is in use, by machine.',
      worry: 'Worry when it stays above the dashed line.',
      unit: 'percentunit',
      queries: [
        series(
          '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[$__rate_interval]))',
          '{{instance}}',
          SLOW,
        ),
      ],
      ...third,
    },
    { limit: { at: thresholds.highCpu.aboveRatio }, min: 0, max: 1 },
  ),
  timeSeries(
    {
      title: 'Memory',
      shows: 'Share of the memory that is in use, by machine.',
      worry: 'Worry above the dashed line.',
      unit: 'percentunit',
      queries: [series('1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes', '{{instance}}', SLOW)],
      ...third,
    },
    { limit: { at: thresholds.highMemory.warningRatio }, min: 0, max: 1 },
  ),
  timeSeries(
    {
      title: 'Disk',
      shows: 'Share of each file system that is in use.',
      worry: 'Worry above the dashed line, or when it climbs steadily.',
      unit: 'percentunit',
      queries: [
        series(
          `max by (instance, device) (1 - node_filesystem_avail_bytes${ON_DISK} / node_filesystem_size_bytes${ON_DISK})`,
          '{{instance}} {{device}}',
          SLOW,
        ),
      ],
      ...third,
    },
    { limit: { at: thresholds.lowDiskSpace.aboveRatio }, min: 0, max: 1 },
  ),
]

const monitoring = [
  timeSeries(
    {
      title: 'Notifications',
      shows: 'Notifications that Alertmanager sent, and those that failed.',
      worry: 'Worry at any that failed: somebody was not told.',
      unit: 'short',
      queries: [
        series(
          'sum by (integration) (increase(alertmanager_notifications_total[$__rate_interval]))',
          '{{integration}} sent',
          SLOW,
        ),
        series(
          'sum by (integration, reason) (increase(alertmanager_notifications_failed_total[$__rate_interval]))',
          '{{integration}} failed: {{reason}}',
          SLOW,
        ),
      ],
      ...quarter,
    },
    { draw: 'bars', min: 0 },
  ),
  timeSeries(
    {
      title: 'Rule failures',
      shows: 'Evaluations of rules that failed, and runs of rule groups that were skipped.',
      worry: 'Worry at any: alerts of that group are blind.',
      unit: 'short',
      queries: [
        series(
          'sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total[$__rate_interval]))',
          'failed {{rule_group}}',
          SLOW,
        ),
        series(
          'sum by (rule_group) (increase(prometheus_rule_group_iterations_missed_total[$__rate_interval]))',
          'skipped {{rule_group}}',
          SLOW,
        ),
      ],
      ...quarter,
    },
    { draw: 'bars', min: 0 },
  ),
  timeSeries(
    {
      title: 'Scrape duration',
      shows: 'How long a scrape of each target takes.',
      worry: "Worry when it nears the target's scrape interval.",
      unit: 's',
      queries: [series('max by (job) (scrape_duration_seconds)', '{{job}}')],
      ...quarter,
    },
    { min: 0 },
  ),
  statPanel(
    {
      title: 'Series in Prometheus',
      shows: 'Series that Prometheus holds in memory.',
      worry: 'Worry when they grow without end: labels take ever new values.',
      unit: 'short',
      queries: [newest('prometheus_tsdb_head_series', 'series')],
      ...quarter,
    },
    { decimals: 0 },
  ),
]

/** Whether everything is up and keeps up. */
export function createSystemOverviewBoard() {
  return createDashboard({
    uid: dashboardUids.system,
    title: 'System Overview',
    description:
      'Whether everything is there and keeps up: planes, bus, processes, the machine and the monitoring itself.',
    refresh: '5s',
    from: 'now-1h',
    variables: [variables.prometheus(), variables.job()],
    rows: [
      { title: 'Planes', panels: planes },
      { title: 'Bus and stages', panels: bus },
      { title: 'Processes', panels: processes },
      { title: 'History', panels: history },
      { title: 'Machine', panels: machine },
      { title: 'Monitoring', panels: monitoring },
    ],
  })
}
