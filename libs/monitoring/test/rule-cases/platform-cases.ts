import { alertPlanes } from '../../src/alert.ts'
import { platformJobs } from '../../src/planes.ts'
import type { RuleCase, RuleKey } from './rule-case.ts'

const critical: RuleKey = { severity: 'critical', plane: 'platform' }
const warning: RuleKey = { severity: 'warning', plane: 'platform' }
const ofJobs: RuleKey = { severity: 'warning', plane: 'jobs' }
const file = 'platform'

const node = 'job="node", instance="n:9100"'
const ofNode = { job: 'node', instance: 'n:9100' }

const serviceCases: readonly RuleCase[] = alertPlanes.flatMap((plane): RuleCase[] => {
  const key: RuleKey = { severity: 'critical', plane }
  const labels = { job: 'gateway', instance: 'g:1', ...(plane === 'platform' ? {} : { plane }) }
  const up = `up{job="gateway", instance="g:1"${plane === 'platform' ? '' : `, plane="${plane}"`}}`
  return [
    {
      title: `a target of ${plane} after two minutes`,
      alert: 'ServiceDown',
      file: plane,
      series: { [up]: '0x20' },
      at: '2m',
      fires: [{ ...key, labels, description: 'Prometheus has not reached gateway at g:1 for 2m.' }],
    },
    {
      title: `nothing for a target of ${plane} that is back, nor for the planes themselves`,
      alert: 'ServiceDown',
      file: plane,
      series: {
        [up]: '0x6 1x20',
        'up{job="data-plane", instance="d:8000"}': '0x20',
        'up{job="data-plane-book", instance="d:8000"}': '0x20',
        'up{job="order-plane", instance="o:8001"}': '0x20',
        'up{job="strategy-plane", instance="s:8002"}': '0x20',
      },
      at: '4m',
      quiet: [key],
    },
  ]
})

const idle = (cpu: string) => `node_cpu_seconds_total{cpu="${cpu}", mode="idle", ${node}}`
const busy = (cpu: string) => `node_cpu_seconds_total{cpu="${cpu}", mode="user", ${node}}`
const available = `node_memory_MemAvailable_bytes{${node}}`
const total = `node_memory_MemTotal_bytes{${node}}`
const disk = (metric: string, mountpoint = '/', fstype = 'ext4') =>
  `node_filesystem_${metric}_bytes{device="/dev/sda", fstype="${fstype}", mountpoint="${mountpoint}", device_error="", ${node}}`
const ofDisk = { instance: 'n:9100', device: '/dev/sda' }

const memoryInUse = (percents: number) => `${percents}% of the memory of n:9100 is in use.`

const machineCases: readonly RuleCase[] = [
  {
    title: 'processors that are busy for ten minutes',
    alert: 'HighCPUUsage',
    file,
    series: {
      [idle('0')]: '0+1.5x100',
      [busy('0')]: '0+13.5x100',
      [idle('1')]: '0+1.5x100',
      [busy('1')]: '0+13.5x100',
    },
    at: '11m',
    fires: [
      {
        ...warning,
        labels: { instance: 'n:9100' },
        description: 'The processors of n:9100 are busy 90% of the time.',
      },
    ],
  },
  {
    title: 'nothing while one of two is idle',
    alert: 'HighCPUUsage',
    file,
    series: { [idle('0')]: '0+15x100', [idle('1')]: '0x100', [busy('1')]: '0+15x100' },
    at: '20m',
    quiet: [warning],
  },
  {
    title: 'memory of which 85 % is in use',
    alert: 'HighMemoryUsage',
    file,
    series: { [available]: '15x40', [total]: '100x40' },
    at: '5m',
    fires: [{ ...warning, labels: ofNode, description: memoryInUse(85) }],
    quiet: [critical],
  },
  {
    title: 'memory of which 95 % is in use, by both severities',
    alert: 'HighMemoryUsage',
    file,
    series: { [available]: '5x40', [total]: '100x40' },
    at: '5m',
    fires: [
      { ...warning, labels: ofNode, description: memoryInUse(95) },
      { ...critical, labels: ofNode, description: memoryInUse(95) },
    ],
  },
  {
    title: 'nothing at 75 %',
    alert: 'HighMemoryUsage',
    file,
    series: { [available]: '25x40', [total]: '100x40' },
    at: '6m',
    quiet: [warning],
  },
  {
    title: 'a disk that is nearly full, once for all its mounts',
    alert: 'LowDiskSpace',
    file,
    series: {
      [disk('avail')]: '10x40',
      [disk('size')]: '100x40',
      [disk('avail', '/etc/hosts')]: '10x40',
      [disk('size', '/etc/hosts')]: '100x40',
    },
    at: '5m',
    fires: [{ ...warning, labels: ofDisk, description: '/dev/sda of n:9100 is 90% full.' }],
  },
  {
    title: 'nothing for a disk at 85 %, nor for what is in memory',
    alert: 'LowDiskSpace',
    file,
    series: {
      [disk('avail')]: '15.1x40',
      [disk('size')]: '100x40',
      [disk('avail', '/run', 'tmpfs')]: '0x40',
      [disk('size', '/run', 'tmpfs')]: '100x40',
    },
    at: '6m',
    quiet: [warning],
  },
  {
    title: 'a disk that will be full within a day',
    alert: 'DiskFillsSoon',
    file,
    every: '5m',
    series: { [disk('avail')]: '1000-10x40' },
    at: '1h5m',
    fires: [
      {
        ...warning,
        labels: ofDisk,
        description: 'At the rate of the last 6h /dev/sda of n:9100 is full within a day.',
      },
    ],
  },
  {
    title: 'nothing for a disk that has room for days',
    alert: 'DiskFillsSoon',
    file,
    every: '5m',
    series: { [disk('avail')]: '10000-10x40' },
    at: '3h',
    quiet: [warning],
  },
]

const pushed = 'dag_id="backfill", service="jobs", job="jobs", instance=""'
const runs = (status: string) => `pipeline_dag_runs_total{status="${status}", ${pushed}}`
const succeeded = (dag: string) =>
  `pipeline_last_success_timestamp_seconds{dag_id="${dag}", service="jobs", job="jobs", instance=""}`

const jobCases: readonly RuleCase[] = [
  {
    title: 'a job whose last run has failed',
    alert: 'BatchJobFailed',
    file: 'jobs',
    series: { [runs('failed')]: '0 1x4', [runs('success')]: '1 0x4' },
    at: '15s',
    fires: [{ ...ofJobs, labels: { dag_id: 'backfill' }, description: 'The last run of backfill has failed.' }],
  },
  {
    title: 'nothing when the last run succeeded',
    alert: 'BatchJobFailed',
    file: 'jobs',
    series: { [runs('failed')]: '1 0x4', [runs('success')]: '0 1x4' },
    at: '30s',
    quiet: [ofJobs],
  },
  {
    title: 'a job that has not succeeded for two of its periods, a day unless it is listed',
    alert: 'BatchJobStale',
    file: 'jobs',
    every: '1h',
    series: { [succeeded('backfill')]: '0x500', [succeeded('training')]: '0x500' },
    at: '337h',
    fires: [
      { ...ofJobs, labels: { dag_id: 'backfill' }, description: 'backfill last succeeded 14d 1h 0m 0s ago.' },
      { ...ofJobs, labels: { dag_id: 'training' }, description: 'training last succeeded 14d 1h 0m 0s ago.' },
    ],
  },
  {
    title: 'nothing before that',
    alert: 'BatchJobStale',
    file: 'jobs',
    every: '1h',
    series: { [succeeded('backfill')]: '3600x500', [succeeded('training')]: '0x500' },
    at: '49h',
    quiet: [ofJobs],
  },
]

const failedNotifications =
  'alertmanager_notifications_failed_total{integration="slack", reason="serverError", job="alertmanager", instance="a:9093"}'
const failedRules =
  'prometheus_rule_evaluation_failures_total{rule_group="data.yml;data-every-5s", job="prometheus", instance="p:9090"}'
const targets = Object.fromEntries(platformJobs.map((job) => [`up{job="${job}", instance="${job}:1"}`, '1x60']))

const monitoringCases: readonly RuleCase[] = [
  {
    title: 'messages that do not arrive',
    alert: 'AlertmanagerNotificationsFailing',
    file,
    series: { [failedNotifications]: '0+3x60' },
    at: '6m',
    fires: [
      {
        ...critical,
        labels: { integration: 'slack' },
        description: 'Alertmanager fails to send messages by slack: 0.2 a second.',
      },
    ],
  },
  {
    title: 'nothing when no more fail',
    alert: 'AlertmanagerNotificationsFailing',
    file,
    series: { [failedNotifications]: '7x60' },
    at: '12m',
    quiet: [critical],
  },
  {
    title: 'rules that fail',
    alert: 'PrometheusRuleFailures',
    file,
    series: { [failedRules]: '0+3x60' },
    at: '6m',
    fires: [
      {
        ...critical,
        labels: { rule_group: 'data.yml;data-every-5s' },
        description: 'Rules of data.yml;data-every-5s fail 0.2 times a second.',
      },
    ],
  },
  {
    title: 'nothing when no more fail',
    alert: 'PrometheusRuleFailures',
    file,
    series: { [failedRules]: '7x60' },
    at: '12m',
    quiet: [critical],
  },
  {
    title: 'a job that Prometheus does not know',
    alert: 'PrometheusTargetMissing',
    file,
    series: { ...targets, 'up{job="node", instance="node:1"}': '_x60' },
    at: '5m',
    fires: [{ ...critical, labels: { job: 'node' }, description: 'Prometheus knows no target of the job node.' }],
  },
  {
    title: 'nothing while every job has a target, be it down',
    alert: 'PrometheusTargetMissing',
    file,
    series: { ...targets, 'up{job="node", instance="node:1"}': '0x60' },
    at: '10m',
    quiet: [critical],
  },
  {
    title: 'always',
    alert: 'Watchdog',
    file,
    series: {},
    at: '0s',
    fires: [
      {
        severity: 'none',
        plane: 'platform',
        description:
          'Whoever receives this knows that Prometheus and Alertmanager run. When it stops coming, they do not.',
      },
    ],
  },
]

export const platformCases: readonly RuleCase[] = [...serviceCases, ...machineCases, ...jobCases, ...monitoringCases]
