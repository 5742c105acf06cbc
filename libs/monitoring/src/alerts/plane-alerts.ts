import type { AlertPlane, AlertRule } from '../alert.ts'
import { pictures } from '../pictures.ts'
import { BOOK_JOB, planes, type Plane } from '../planes.ts'
import { increaseFromNothing, promql } from '../promql/promql.ts'
import { duration, type Thresholds } from '../thresholds.ts'

/** Alerts that every plane has, one rule each; and the heartbeat, which passes through all of them. */
export function planeAlerts(thresholds: Thresholds): AlertRule[] {
  return [
    ...planes.flatMap((one) => [
      ...downAlerts(one, thresholds),
      restartingAlert(one, thresholds),
      ...processAlerts(one, thresholds),
      ...seriesAlerts(one, thresholds),
      storageAlert(one, thresholds),
      unhealthyAlert(one, thresholds),
      controlRefusedAlert(one, thresholds),
    ]),
    ...refusedRecords(thresholds),
    ...foreignRecords(thresholds),
    heartbeatMissing(thresholds),
  ]
}

function downAlerts({ plane, name, job, downAlert }: Plane, { planeDown }: Thresholds): AlertRule[] {
  const gone = promql`
    max by (job, instance) (up{job="${job}"}) == 0
    or
    absent(up{job="${job}"})
  `
  const everySecond = { plane, everySeconds: 1, picture: pictures.targets } as const
  const where = `the ${name}{{ with $labels.instance }} at {{ . }}{{ end }}`
  const wait = duration(planeDown.forSeconds)
  const down = {
    ...everySecond,
    severity: 'critical',
    expr: gone,
    for: wait,
    description: `Prometheus has not reached ${where} for ${wait}.`,
  } as const
  const summary = `The ${name} is down.`
  return [
    {
      ...everySecond,
      name: 'PlaneUnreachable',
      severity: 'info',
      expr: gone,
      summary: `The ${name} cannot be reached: its other alerts are muted.`,
      description: `Prometheus does not reach ${where}.`,
    },
    { ...down, name: downAlert, summary },
    ...(plane === 'order' ? [{ ...down, name: 'TradingBotDown', summary } as const] : []),
  ]
}

/** A plane in a crash loop is up between two crashes: no Down alert has the time to fire, and what it mutes must be heard. */
function restartingAlert({ plane, name, job }: Plane, { planeRestarting }: Thresholds): AlertRule {
  const over = duration(planeRestarting.overSeconds)
  return {
    name: 'PlaneRestarting',
    severity: 'error',
    plane,
    expr: promql`
      max by (job, instance) (
        changes(process_start_time_seconds{job="${job}"}[${over}])
      ) > ${planeRestarting.aboveRestarts}
    `,
    summary: `The ${name} starts again and again.`,
    description: `The ${name} at {{ $labels.instance }} has started again {{ $value | humanize }} times within ${over}.`,
    picture: pictures.targets,
  }
}

function processAlerts({ plane, name, service }: Plane, thresholds: Thresholds): AlertRule[] {
  const { busLag, processingStuck, eventLoopLag } = thresholds
  const lag = (severity: 'warning' | 'critical', aboveSeconds: number): AlertRule => ({
    name: 'BusLagHigh',
    severity,
    plane,
    expr: `max by (instance, topic) (triplane_bus_lag_seconds{service="${service}"}) > ${aboveSeconds}`,
    for: duration(busLag.forSeconds),
    summary: `The ${name} lags behind the bus.`,
    description: `The oldest record of {{ $labels.topic }} that the ${name} has not consumed is {{ $value | humanizeDuration }} old.`,
    picture: pictures.busLag,
  })
  const consumedOver = duration(processingStuck.overSeconds)
  return [
    lag('warning', busLag.warningSeconds),
    lag('critical', busLag.criticalSeconds),
    {
      name: 'ProcessingStuck',
      severity: 'critical',
      plane,
      expr: promql`
        max by (instance, topic) (triplane_bus_buffered{service="${service}"}) > 0
        unless on (instance, topic)
        sum by (instance, topic) (rate(triplane_bus_consumed_total{service="${service}"}[${consumedOver}])) > 0
      `,
      for: duration(processingStuck.forSeconds),
      summary: `The ${name} consumes nothing although there is something.`,
      description: `{{ $value | humanize }} records of {{ $labels.topic }} wait and the ${name} takes none.`,
      picture: pictures.busBuffered,
    },
    {
      name: 'EventLoopLagHigh',
      severity: 'warning',
      plane,
      expr: `max by (instance) (triplane_event_loop_lag_seconds{service="${service}"}) > ${eventLoopLag.aboveSeconds}`,
      for: duration(eventLoopLag.forSeconds),
      summary: `The ${name} is late with everything.`,
      description: `Timers of the ${name} come {{ $value | humanizeDuration }} late, 99th percentile.`,
      picture: pictures.eventLoop,
    },
  ]
}

function seriesAlerts({ plane, name, job, service }: Plane, { seriesCap }: Thresholds): AlertRule[] {
  const jobs = plane === 'data' ? `${job}|${BOOK_JOB}` : job
  const over = duration(seriesCap.overSeconds)
  const lines = promql`
    sum by (instance) (
      predict_linear((scrape_samples_scraped{job=~"${jobs}"} > 0)[${over}:15s], ${seriesCap.aheadSeconds})
    )
  `
  return [
    {
      name: 'SeriesCapReached',
      severity: 'warning',
      plane,
      expr: `sum by (metric) (triplane_metrics_series_dropped_total{service="${service}"}) > 0`,
      summary: `The ${name} has more series than its cap: some are not exposed.`,
      description: `The ${name} exposes {{ $labels.metric }} no more: {{ $value | humanize }} lines over the cap.`,
      picture: pictures.series,
    },
    {
      name: 'SeriesCapNear',
      severity: 'warning',
      plane,
      expr: `${lines} > ${seriesCap.maxSeries}`,
      for: duration(seriesCap.forSeconds),
      everySeconds: 30,
      summary: `The ${name} will have more series than its cap within a day.`,
      description: `At this rate the ${name} exposes {{ $value | humanize }} lines in a day, the cap is ${seriesCap.maxSeries}.`,
      picture: pictures.series,
    },
  ]
}

function storageAlert({ plane, name, service }: Plane, { storageWriteErrors }: Thresholds): AlertRule {
  const over = duration(storageWriteErrors.overSeconds)
  const lost = increaseFromNothing(`triplane_storage_lost_rows_total{service="${service}"}`, over)
  return {
    name: 'StorageWriteErrors',
    severity: 'warning',
    plane,
    // Rows torn by a power cut are counted when the process starts, so before the series begins.
    expr: promql`
      sum by (event_type) (
        ${lost}
      ) > 0
      or
      max by (instance) (triplane_storage_spilled_bytes{service="${service}"}) > 0
    `,
    for: duration(storageWriteErrors.forSeconds),
    summary: `History of the ${name} is lost, or waits on the disk.`,
    description: `{{ with $labels.event_type }}{{ $value | humanize }} rows of kind {{ . }} of the ${name} are in no database{{ else }}{{ $value | humanize1024 }}B of rows of the ${name} wait on the disk for the database{{ end }}.`,
    picture: pictures.spilledRows,
  }
}

/** One alert per check; the trading rules judge for themselves what a failing check means for trading. */
function unhealthyAlert({ plane, name, service }: Plane, { planeUnhealthy }: Thresholds): AlertRule {
  return {
    name: 'PlaneUnhealthy',
    severity: 'error',
    plane,
    expr: `min by (instance, check) (triplane_health_check{service="${service}"}) == 0`,
    for: duration(planeUnhealthy.forSeconds),
    summary: `A part of the ${name} is unhealthy.`,
    description: `The check {{ $labels.check }} of the ${name} fails; its /health/detailed says why.`,
    picture: pictures.targets,
  }
}

function controlRefusedAlert({ plane, name, service }: Plane, { controlRefused }: Thresholds): AlertRule {
  const { abovePerMinute } = controlRefused
  return {
    name: 'ControlRefused',
    severity: 'warning',
    plane,
    expr: promql`
      sum by (instance) (
        increase(triplane_stage_refused_total{service="${service}", stage="control"}[1m])
      ) > ${abovePerMinute}
    `,
    summary: `The ${name} refuses requests to its port: somebody tries tokens, or a page tries names.`,
    description: `The ${name} has refused {{ printf "%.3g" $value }} requests within a minute; its log says from where.`,
    picture: pictures.refusedRecords,
  }
}

/** The trading planes receive executions through the bus only, so a record that they cannot read may be one. */
function refusedRecords({ deadExecutions }: Thresholds): AlertRule[] {
  const over = duration(deadExecutions.overSeconds)
  return planes
    .filter(({ plane }) => plane !== 'data')
    .map(({ plane, name, service }) => {
      const refused = `triplane_stage_refused_total{service="${service}", stage="decode"}`
      return {
        name: 'DlqGrowing',
        severity: 'warning',
        plane,
        // The series of a reason begins with its first refusal.
        expr: promql`
          sum by (reason) (
            ${increaseFromNothing(refused, over)}
          ) > 0
        `,
        for: duration(deadExecutions.forSeconds),
        summary: `The ${name} cannot read records of the bus: one of them may be an execution.`,
        description: `The ${name} has refused {{ $value | humanize }} records as {{ $labels.reason }}; they are in the dead-letter topic.`,
        picture: pictures.refusedRecords,
      }
    })
}

/** What could loosen trading or change it, and was not written by its owner. Every plane reads runs. */
function foreignRecords({ foreignRecord }: Thresholds): AlertRule[] {
  const over = duration(foreignRecord.overSeconds)
  return planes.map(({ plane, name, service }) => {
    const refused = `triplane_stage_refused_total{service="${service}", stage="decode", reason="foreign_record"}`
    return {
      name: 'ForeignRecord',
      severity: 'critical',
      plane,
      expr: promql`
        sum(
          ${increaseFromNothing(refused, over)}
        ) > 0
      `,
      summary: `The ${name} has read a record that its topic's owner did not write.`,
      description: `{{ $value | humanize }} records of intents, execution or control on the bus were not their owner's; the ${name} changed nothing for them.`,
      picture: pictures.refusedRecords,
    }
  })
}

function heartbeatMissing({ heartbeatMissing }: Thresholds): AlertRule {
  const { aboveSeconds, forSeconds } = heartbeatMissing
  const plane: AlertPlane = 'platform'
  const jobs = planes.map(({ job }) => job).join('|')
  const neverSeen = planes.map(({ plane }) => `or absent(triplane_heartbeat_timestamp_seconds{stage="${plane}"}) * Inf`)
  return {
    name: 'HeartbeatMissing',
    severity: 'critical',
    plane,
    // A plane that is down has its own alert; once it is back, the heartbeat has its full time to come through.
    expr: promql`
      max(
        time() - max by (stage) (triplane_heartbeat_timestamp_seconds)
        ${neverSeen.join('\n')}
      ) > ${aboveSeconds}
      unless on ()
      min(up{job=~"${jobs}"}) == 0
    `,
    for: duration(forSeconds),
    everySeconds: 1,
    summary: 'The heartbeat does not come through all planes.',
    description: 'The oldest heartbeat of a stage is {{ $value | humanizeDuration }} old (+Inf: a stage has none).',
    picture: pictures.heartbeats,
  }
}
