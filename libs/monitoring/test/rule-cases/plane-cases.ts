import { planes, type Plane } from '../../src/planes.ts'
import type { Fires, RuleCase, RuleKey } from './rule-case.ts'

/** The same cases for each plane, and the heartbeat through all of them. */
export const planeCases: readonly RuleCase[] = [
  ...planes.flatMap(casesOf),
  ...refusedCases(),
  ...foreignCases(),
  ...heartbeatCases(),
]

function casesOf(one: Plane): RuleCase[] {
  return [...downCases(one), ...busCases(one), ...processCases(one)]
}

function downCases({ plane, name, job, service, downAlert }: Plane): RuleCase[] {
  const critical: RuleKey = { severity: 'critical', plane }
  const info: RuleKey = { severity: 'info', plane }
  const up = `up{job="${job}", instance="p:80"}`
  const labels = { job, instance: 'p:80' }
  const restarting: RuleKey = { severity: 'error', plane }
  /** A process that ends after 30 s, so many times, and then stays. */
  const restarts = (times: number) => {
    const starts = Array.from({ length: times }, (_, i) => `${i} ${i} ${i}`)
    return {
      [up]: `${'1 1 0 '.repeat(times)}1x60`,
      [`process_start_time_seconds{service="${service}", job="${job}", instance="p:80"}`]: `${starts.join(' ')} ${times}x60`,
    }
  }
  const downNames = plane === 'order' ? [downAlert, 'TradingBotDown'] : [downAlert]
  const unreachable = (values: string, at: string, title: string, fires?: Fires): RuleCase => ({
    title,
    alert: 'PlaneUnreachable',
    file: plane,
    series: { [up]: values },
    at,
    ...(fires ? { fires: [fires] } : { quiet: [info] }),
  })
  return [
    unreachable('1 1 0x10', '30s', `the ${name} at once`, {
      ...info,
      labels,
      description: `Prometheus does not reach the ${name} at p:80.`,
    }),
    unreachable('_x10', '30s', `the ${name} when no target is there`, {
      ...info,
      labels: { job },
      description: `Prometheus does not reach the ${name}.`,
    }),
    unreachable('1x20', '1m', `nothing while the ${name} is up`),
    ...downNames.flatMap((alert): RuleCase[] => [
      {
        title: `the ${name} after two minutes`,
        alert,
        file: plane,
        series: { [up]: '1 1 0x20' },
        at: '2m30s',
        fires: [
          {
            ...critical,
            labels,
            description: `Prometheus has not reached the ${name} at p:80 for 2m.`,
          },
        ],
      },
      {
        title: `the ${name} when its target is gone`,
        alert,
        file: plane,
        series: { [up]: '1 1 stale' },
        at: '2m30s',
        fires: [
          {
            ...critical,
            labels: { job },
            description: `Prometheus has not reached the ${name} for 2m.`,
          },
        ],
      },
      {
        title: `nothing when the ${name} starts again and again, which is not down`,
        alert,
        file: plane,
        series: restarts(4),
        at: '5m',
        quiet: [critical],
      },
      {
        title: `nothing when the ${name} is back within two minutes`,
        alert,
        file: plane,
        series: { [up]: '1 1 0x6 1x20' },
        at: '3m',
        quiet: [critical],
      },
    ]),
    {
      title: `the ${name} when it starts again and again, although it is up in between`,
      alert: 'PlaneRestarting',
      file: plane,
      series: restarts(4),
      at: '5m',
      fires: [
        {
          ...restarting,
          labels,
          description: `The ${name} at p:80 has started again 4 times within 10m.`,
        },
      ],
    },
    {
      title: `nothing when the ${name} has started again three times`,
      alert: 'PlaneRestarting',
      file: plane,
      series: restarts(3),
      at: '5m',
      quiet: [restarting],
    },
    {
      title: `nothing when the ${name} started again long ago`,
      alert: 'PlaneRestarting',
      file: plane,
      series: restarts(4),
      at: '15m',
      quiet: [restarting],
    },
  ]
}

function busCases({ plane, name, job, service }: Plane): RuleCase[] {
  const warning: RuleKey = { severity: 'warning', plane }
  const critical: RuleKey = { severity: 'critical', plane }
  const topic = 'strategy.intents.v2'
  const target = `topic="${topic}", service="${service}", job="${job}", instance="p:80"`
  const labels = { instance: 'p:80', topic }
  const lag = (age: string) => `The oldest record of ${topic} that the ${name} has not consumed is ${age} old.`
  const lagCase = (title: string, values: string, rest: Pick<RuleCase, 'fires' | 'quiet'>): RuleCase => ({
    title,
    alert: 'BusLagHigh',
    file: plane,
    series: { [`triplane_bus_lag_seconds{${target}}`]: values },
    at: '2m',
    ...rest,
  })
  const stuck = (title: string, buffered: string, consumed: string, isStuck: boolean): RuleCase => ({
    title,
    alert: 'ProcessingStuck',
    file: plane,
    series: { [`triplane_bus_buffered{${target}}`]: buffered, [`triplane_bus_consumed_total{${target}}`]: consumed },
    at: '3m',
    ...(isStuck
      ? { fires: [{ ...critical, labels, description: `7 records of ${topic} wait and the ${name} takes none.` }] }
      : { quiet: [critical] }),
  })
  return [
    lagCase(`the ${name} 6 s behind for two minutes`, '6x20', {
      fires: [{ ...warning, labels, description: lag('6s') }],
      quiet: [critical],
    }),
    lagCase(`the ${name} 31 s behind, by both severities`, '31x20', {
      fires: [
        { ...warning, labels, description: lag('31s') },
        { ...critical, labels, description: lag('31s') },
      ],
    }),
    lagCase(`nothing for the ${name} at 5 s, or when it has caught up`, '5x20', { quiet: [warning] }),
    stuck(`the ${name} that takes nothing of what waits`, '7x20', '50x20', true),
    stuck(`the ${name} whose consumer has said nothing yet`, '7x20', '_x20', true),
    stuck(`nothing while the ${name} takes something`, '7x20', '0+1x20', false),
    stuck(`nothing while nothing waits for the ${name}`, '7x2 0x20', '50x20', false),
  ]
}

function processCases({ plane, name, job, service }: Plane): RuleCase[] {
  const warning: RuleKey = { severity: 'warning', plane }
  const target = `service="${service}", job="${job}", instance="p:80"`
  const dropped = `triplane_metrics_series_dropped_total{metric="crypto_depth", ${target}}`
  const scraped = `scrape_samples_scraped{job="${job}", instance="p:80"}`
  const eventLoop = (values: string, rest: Pick<RuleCase, 'title' | 'fires' | 'quiet'>): RuleCase => ({
    alert: 'EventLoopLagHigh',
    file: plane,
    series: { [`triplane_event_loop_lag_seconds{${target}}`]: values },
    at: '5m',
    ...rest,
  })
  const history = (lost: string, spilled: string, rest: Pick<RuleCase, 'title' | 'fires' | 'quiet'>): RuleCase => ({
    alert: 'StorageWriteErrors',
    file: plane,
    series: {
      [`triplane_storage_lost_rows_total{event_type="fill", ${target}}`]: lost,
      [`triplane_storage_spilled_bytes{${target}}`]: spilled,
    },
    at: '11m',
    ...rest,
  })
  const loss = (lost: string, rows: number, title: string): RuleCase =>
    history(lost, '0x80', {
      title,
      fires: [
        {
          ...warning,
          labels: { event_type: 'fill' },
          description: `${rows} rows of kind fill of the ${name} are in no database.`,
        },
      ],
    })
  const check = (values: string, rest: Pick<RuleCase, 'title' | 'fires' | 'quiet'>): RuleCase => ({
    alert: 'PlaneUnhealthy',
    file: plane,
    series: { [`triplane_health_check{check="database", ${target}}`]: values },
    at: '3m',
    ...rest,
  })
  const control = (values: string, rest: Pick<RuleCase, 'title' | 'fires' | 'quiet'>): RuleCase => ({
    alert: 'ControlRefused',
    file: plane,
    series: { [`triplane_stage_refused_total{stage="control", reason="wrong_token", ${target}}`]: values },
    at: '3m30s',
    ...rest,
  })
  const unhealthy = { severity: 'error', plane } as const
  return [
    check('1x4 0x40', {
      title: `a check of the ${name} that fails for a minute`,
      fires: [
        {
          ...unhealthy,
          labels: { instance: 'p:80', check: 'database' },
          description: `The check database of the ${name} fails; its /health/detailed says why.`,
        },
      ],
    }),
    check('1x9 0x2 1x40', { title: `nothing for a check of the ${name} that failed for a moment`, quiet: [unhealthy] }),
    control('0x9 0+4x9', {
      title: `the ${name} that refuses more than five requests a minute`,
      fires: [
        {
          ...warning,
          labels: { instance: 'p:80' },
          description: `The ${name} has refused 16 requests within a minute; its log says from where.`,
        },
      ],
    }),
    control('0x9 0 5x9', { title: `nothing for five wrong tokens at the ${name}`, quiet: [warning] }),
    eventLoop('0.15x40', {
      title: `the ${name} whose timers are late for five minutes`,
      fires: [
        {
          ...warning,
          labels: { instance: 'p:80' },
          description: `Timers of the ${name} come 150ms late, 99th percentile.`,
        },
      ],
    }),
    eventLoop('0.1x40', { title: `nothing for the ${name} at 100 ms`, quiet: [warning] }),
    loss('0x20 80x60', 80, `the ${name} with rows that are in no database`),
    loss('_x20 3x60', 3, `the ${name} that finds rows torn when it begins`),
    {
      ...history('80x200', '0x200', { title: `nothing for the ${name} that lost rows long ago`, quiet: [warning] }),
      at: '31m',
    },
    history('0x80', '0x20 2097152x60', {
      title: `the ${name} with rows that wait on the disk for five minutes`,
      fires: [
        {
          ...warning,
          labels: { instance: 'p:80' },
          description: `2MiB of rows of the ${name} wait on the disk for the database.`,
        },
      ],
    }),
    history('0x80', '0x20 2097152x16 0x40', {
      title: `nothing for the ${name} when rows wait for less than that`,
      quiet: [warning],
    }),
    {
      title: `the ${name} with a metric that is not exposed`,
      alert: 'SeriesCapReached',
      file: plane,
      series: { [dropped]: '40x4' },
      at: '15s',
      fires: [
        {
          ...warning,
          labels: { metric: 'crypto_depth' },
          description: `The ${name} exposes crypto_depth no more: 40 lines over the cap.`,
        },
      ],
    },
    {
      title: `nothing for the ${name} that exposes all`,
      alert: 'SeriesCapReached',
      file: plane,
      series: { [dropped]: '0x4' },
      at: '15s',
      quiet: [warning],
    },
    {
      title: `the ${name} whose series will pass the cap in a day`,
      alert: 'SeriesCapNear',
      file: plane,
      every: '5m',
      series: { [scraped]: '1000+40x40' },
      at: '1h20m',
      fires: [
        {
          ...warning,
          labels: { instance: 'p:80' },
          description: `At this rate the ${name} exposes 13.1k lines in a day, the cap is 10000.`,
        },
      ],
    },
    {
      title: `nothing for the ${name} whose series are many and stay so`,
      alert: 'SeriesCapNear',
      file: plane,
      every: '5m',
      series: { [scraped]: '0x6 9900x40' },
      at: '3h',
      quiet: [warning],
    },
  ]
}

function refusedCases(): RuleCase[] {
  return planes
    .filter(({ plane }) => plane !== 'data')
    .flatMap(({ plane, name, job, service }) => {
      const warning: RuleKey = { severity: 'warning', plane }
      const refused = (stage: string) =>
        `triplane_stage_refused_total{stage="${stage}", reason="bad_field", service="${service}", job="${job}", instance="p:80"}`
      return [
        {
          title: `a single record that the ${name} cannot read`,
          alert: 'DlqGrowing',
          file: plane,
          series: { [refused('decode')]: '_x4 1x60' },
          at: '7m',
          fires: [
            {
              ...warning,
              labels: { reason: 'bad_field' },
              description: `The ${name} has refused 1 records as bad_field; they are in the dead-letter topic.`,
            },
          ],
        },
        {
          title: `nothing for what another stage of the ${name} refuses, or for what was long ago`,
          alert: 'DlqGrowing',
          file: plane,
          series: { [refused('risk')]: '0+1x200', [refused('decode')]: '1x200' },
          at: '30m',
          quiet: [warning],
        },
      ]
    })
}

function foreignCases(): RuleCase[] {
  return planes.flatMap(({ plane, name, job, service }) => {
    const critical: RuleKey = { severity: 'critical', plane }
    const refused = (reason: string) =>
      `triplane_stage_refused_total{stage="decode", reason="${reason}", service="${service}", job="${job}", instance="p:80"}`
    return [
      {
        title: `a single foreign record that the ${name} has read`,
        alert: 'ForeignRecord',
        file: plane,
        series: { [refused('foreign_record')]: '0x4 1x60' },
        at: '3m',
        fires: [
          {
            ...critical,
            labels: {},
            description: `1 records of intents, execution or control on the bus were not their owner's; the ${name} changed nothing for them.`,
          },
        ],
      },
      {
        title: `nothing for other records that the ${name} refuses, or for what was long ago`,
        alert: 'ForeignRecord',
        file: plane,
        series: { [refused('foreign_writer')]: '0+1x200', [refused('foreign_record')]: '1x200' },
        at: '30m',
        quiet: [critical],
      },
    ]
  })
}

function heartbeatCases(): RuleCase[] {
  const critical: RuleKey = { severity: 'critical', plane: 'platform' }
  const heartbeat = ({ plane, job, service }: Plane) =>
    `triplane_heartbeat_timestamp_seconds{stage="${plane}", service="${service}", job="${job}", instance="p:80"}`
  const [data, order, strategy] = planes.map(heartbeat) as [string, string, string]
  return [
    {
      title: 'a stage whose newest heartbeat is old, once',
      alert: 'HeartbeatMissing',
      file: 'platform',
      series: { [data]: '0+15x40', [strategy]: '0+15x4 60x40', [order]: '0+15x4 60x40' },
      at: '3m',
      fires: [{ ...critical, description: 'The oldest heartbeat of a stage is 2m 0s old (+Inf: a stage has none).' }],
    },
    {
      title: 'a stage that has seen none',
      alert: 'HeartbeatMissing',
      file: 'platform',
      series: { [data]: '0+15x40', [strategy]: '0+15x40' },
      at: '1m',
      fires: [{ ...critical, description: 'The oldest heartbeat of a stage is +Inf old (+Inf: a stage has none).' }],
    },
    {
      title: 'nothing when a plane has just come back, as the others wait for it',
      alert: 'HeartbeatMissing',
      file: 'platform',
      series: {
        [data]: '0+15x60',
        [strategy]: '0x4 stale',
        [order]: '0x60',
        'up{job="data-plane", instance="p:80"}': '1x60',
        'up{job="strategy-plane", instance="p:80"}': '1x4 0x30 1x60',
      },
      at: '540s',
      quiet: [critical],
    },
    {
      title: 'nothing while every stage has seen one in the last 30 s',
      alert: 'HeartbeatMissing',
      file: 'platform',
      series: { [data]: '0+15x40', [strategy]: '0 0+15x40', [order]: '0 0 0+15x40' },
      at: '5m',
      quiet: [critical],
    },
  ]
}
