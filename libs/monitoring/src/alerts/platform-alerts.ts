import { alertPlanes, type AlertRule } from '../alert.ts'
import { pictures } from '../pictures.ts'
import { BOOK_JOB, planes } from '../planes.ts'
import { promql } from '../promql/promql.ts'
import { duration, type Thresholds } from '../thresholds.ts'
import { byLimit } from './by-limit.ts'

const plane = 'platform'

/**
 * Alerts about the infrastructure of the planes and about monitoring. `expectedJobs` are Prometheus' jobs beside the planes.
 */
export function platformAlerts(thresholds: Thresholds, expectedJobs: readonly string[]): AlertRule[] {
  return [
    ...serviceDown(thresholds),
    ...machineAlerts(thresholds),
    ...jobAlerts(thresholds),
    ...monitoringAlerts(thresholds, expectedJobs),
  ]
}

/** Targets that are not planes; a user's target with the label `plane` belongs to that plane. */
function serviceDown({ planeDown }: Thresholds): AlertRule[] {
  const planeJobs = [...planes.map(({ job }) => job), BOOK_JOB].join('|')
  return alertPlanes.map((plane) => {
    const ofPlane = plane === 'platform' ? `plane=~"|platform"` : `plane="${plane}"`
    return {
      name: 'ServiceDown',
      severity: 'critical',
      plane,
      expr: `up{job!~"${planeJobs}", ${ofPlane}} == 0`,
      for: duration(planeDown.forSeconds),
      summary: 'A service beside the planes is down.',
      description: `Prometheus has not reached {{ $labels.job }} at {{ $labels.instance }} for ${duration(planeDown.forSeconds)}.`,
      picture: pictures.targets,
    }
  })
}

function machineAlerts({ highCpu, highMemory, lowDiskSpace, diskFillsSoon }: Thresholds): AlertRule[] {
  // One alert per disk, however often it is mounted; file systems in memory or read-only do not fill.
  const disk = (metric: string) => `${metric}{fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660|nsfs|vfat|fuse.*"}`
  const memory = (severity: 'warning' | 'critical', aboveRatio: number): AlertRule => ({
    name: 'HighMemoryUsage',
    severity,
    plane,
    expr: `1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes > ${aboveRatio}`,
    for: duration(highMemory.forSeconds),
    summary: 'The machine is short of memory.',
    description: '{{ $value | humanizePercentage }} of the memory of {{ $labels.instance }} is in use.',
    picture: pictures.memory,
  })
  return [
    {
      name: 'HighCPUUsage',
      severity: 'warning',
      plane,
      expr: `1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[${duration(highCpu.overSeconds)}])) > ${highCpu.aboveRatio}`,
      for: duration(highCpu.forSeconds),
      summary: 'The processors of the machine are busy.',
      description: 'The processors of {{ $labels.instance }} are busy {{ $value | humanizePercentage }} of the time.',
      picture: pictures.cpu,
    },
    memory('warning', highMemory.warningRatio),
    memory('critical', highMemory.criticalRatio),
    {
      name: 'LowDiskSpace',
      severity: 'warning',
      plane,
      expr: promql`
        max by (instance, device) (
          1 - ${disk('node_filesystem_avail_bytes')} / ${disk('node_filesystem_size_bytes')}
        ) > ${lowDiskSpace.aboveRatio}
      `,
      for: duration(lowDiskSpace.forSeconds),
      summary: 'A disk is nearly full.',
      description: '{{ $labels.device }} of {{ $labels.instance }} is {{ $value | humanizePercentage }} full.',
      picture: pictures.disk,
    },
    {
      name: 'DiskFillsSoon',
      severity: 'warning',
      plane,
      expr: promql`
        min by (instance, device) (
          predict_linear(${disk('node_filesystem_avail_bytes')}[${duration(diskFillsSoon.overSeconds)}], ${diskFillsSoon.aheadSeconds})
        ) < 0
      `,
      for: duration(diskFillsSoon.forSeconds),
      everySeconds: 30,
      summary: 'A disk will be full within a day.',
      description: `At the rate of the last ${duration(diskFillsSoon.overSeconds)} {{ $labels.device }} of {{ $labels.instance }} is full within a day.`,
      picture: pictures.disk,
    },
  ]
}

function jobAlerts({ batchJobStale }: Thresholds): AlertRule[] {
  const plane = 'jobs'
  return [
    {
      name: 'BatchJobFailed',
      severity: 'warning',
      plane,
      expr: 'max by (dag_id) (pipeline_dag_runs_total{status="failed"}) > 0',
      everySeconds: 15,
      summary: 'The last run of a batch job has failed.',
      description: 'The last run of {{ $labels.dag_id }} has failed.',
      picture: pictures.jobRuns,
    },
    {
      name: 'BatchJobStale',
      severity: 'warning',
      plane,
      expr: byLimit(
        'dag_id',
        batchJobStale.ofJob,
        batchJobStale.periodSeconds,
        (matcher, periodSeconds) =>
          `time() - max by (dag_id) (pipeline_last_success_timestamp_seconds{${matcher}}) > ${batchJobStale.periods * periodSeconds}`,
      ),
      everySeconds: 15,
      summary: `A batch job has not succeeded for ${batchJobStale.periods} of its periods.`,
      description: '{{ $labels.dag_id }} last succeeded {{ $value | humanizeDuration }} ago.',
      picture: pictures.jobAge,
    },
  ]
}

function monitoringAlerts({ monitoringFails }: Thresholds, expectedJobs: readonly string[]): AlertRule[] {
  const over = duration(monitoringFails.overSeconds)
  const wait = duration(monitoringFails.forSeconds)
  const critical = { severity: 'critical', plane, for: wait } as const
  const missing: AlertRule = {
    ...critical,
    name: 'PrometheusTargetMissing',
    expr: expectedJobs.map((job) => `absent(up{job="${job}"})`).join('\nor\n'),
    summary: 'Prometheus does not scrape what it should.',
    description: 'Prometheus knows no target of the job {{ $labels.job }}.',
    picture: pictures.targets,
  }
  return [
    {
      ...critical,
      name: 'AlertmanagerNotificationsFailing',
      expr: `sum by (integration) (rate(alertmanager_notifications_failed_total[${over}])) > 0`,
      summary: 'Messages of Alertmanager do not arrive.',
      description:
        'Alertmanager fails to send messages by {{ $labels.integration }}: {{ printf "%.4g" $value }} a second.',
      picture: pictures.notifications,
    },
    {
      ...critical,
      name: 'PrometheusRuleFailures',
      expr: `sum by (rule_group) (rate(prometheus_rule_evaluation_failures_total[${over}])) > 0`,
      summary: 'Prometheus cannot evaluate rules: their alerts do not fire.',
      description: 'Rules of {{ $labels.rule_group }} fail {{ printf "%.4g" $value }} times a second.',
      picture: pictures.ruleFailures,
    },
    ...(expectedJobs.length > 0 ? [missing] : []),
    {
      name: 'Watchdog',
      severity: 'none',
      plane,
      expr: 'vector(1)',
      summary: 'Alerting works: this one always fires.',
      description:
        'Whoever receives this knows that Prometheus and Alertmanager run. When it stops coming, they do not.',
      picture: pictures.alertsFiring,
    },
  ]
}
