import type { Fires, RuleCase, RuleKey } from './rule-case.ts'

const file = 'slo'

interface Level {
  readonly alert: string
  readonly plane: 'data' | 'order'
  readonly labels: Readonly<Record<string, string>>
  readonly percent: number
  /** The noun after "20% of". */
  readonly what: string
  /** Series in which this share is bad, 0-1, with traffic above or below the floor. */
  readonly series: (badRatio: number, traffic?: 'enough' | 'little') => Readonly<Record<string, string>>
}

const order = 'service="order_plane", job="order-plane", instance="o:8001"'
const data = 'service="data_plane", job="data-plane", instance="d:8000"'

/** A histogram that counts `perMinute`, a share `badRatio` of which is beyond the bound. */
function histogram(name: string, bound: number, labels: string, perMinute: number, badRatio: number) {
  return {
    [`${name}_count{${labels}}`]: `0+${perMinute / 2}x300`,
    [`${name}_bucket{le="${bound}", ${labels}}`]: `0+${(perMinute / 2) * (1 - badRatio)}x300`,
  }
}

const levels: readonly Level[] = [
  {
    alert: 'TickFreshnessBudgetBurn',
    plane: 'data',
    labels: { slo: 'tick-freshness' },
    percent: 99,
    what: 'all events come later than 0.1 s',
    series: (badRatio, traffic = 'enough') =>
      histogram(
        'data_freshness_seconds',
        0.1,
        `source="sim", exchange="sim", symbol="SPY", ${data}`,
        traffic === 'enough' ? 6000 : 0.2,
        badRatio,
      ),
  },
  {
    alert: 'SubmitToAckBudgetBurn',
    plane: 'order',
    labels: { slo: 'submit-to-ack' },
    percent: 99,
    what: 'all orders are acknowledged later than 0.5 s',
    series: (badRatio, traffic = 'enough') =>
      histogram(
        'orders_submit_to_ack_latency_seconds',
        0.5,
        `strategy="OFI", exchange="sim", symbol="SPY", ${order}`,
        traffic === 'enough' ? 6 : 0.1,
        badRatio,
      ),
  },
  {
    alert: 'BookValidityBudgetBurn',
    plane: 'data',
    labels: { slo: 'book-validity', source: 'sim', exchange: 'sim', symbol: 'SPY' },
    percent: 99.9,
    what: 'the time the book of SPY at sim from sim is not valid',
    // A value between 0 and 1 means a book that is valid for this share of the time.
    series: (badRatio, traffic = 'enough') => ({
      'source_exchange_symbol:data_book_valid:min{source="sim", exchange="sim", symbol="SPY"}':
        traffic === 'enough' ? `${1 - badRatio}x300` : `_x295 ${1 - badRatio} stale`,
    }),
  },
  {
    alert: 'OrderPlaneAvailabilityBudgetBurn',
    plane: 'order',
    labels: { slo: 'order-plane-availability' },
    percent: 99.9,
    what: 'all scrapes find an order plane that is not up and ready',
    // Each of four planes is ready for this share of the time.
    series: (badRatio, traffic = 'enough') =>
      traffic === 'enough'
        ? {
            ...Object.fromEntries(
              [1, 2, 3, 4].flatMap((n) => [
                [`up{job="order-plane", instance="o${n}:8001"}`, '1x300'],
                [
                  `triplane_ready{service="order_plane", job="order-plane", instance="o${n}:8001"}`,
                  `${1 - badRatio}x300`,
                ],
              ]),
            ),
          }
        : { 'up{job="order-plane", instance="o:8001"}': '_x295 0 stale' },
  },
]

export const sloCases: readonly RuleCase[] = [
  ...levels.flatMap(casesOf),
  ...badStarts(),
  ...toldBefore(),
  ...silentBooks(),
]

/** An order plane that starts two minutes after Prometheus, checked when each of the shorter windows could count. */
function badStarts(): RuleCase[] {
  return ['10m30s', '36m'].map((at) => ({
    title: `nothing for a bad start, ${at} ago`,
    alert: 'OrderPlaneAvailabilityBudgetBurn',
    file,
    every: '30s',
    series: {
      'up{job="order-plane", instance="o:8001"}': '0x3 1x300',
      [`triplane_ready{${order}}`]: '_x4 1x300',
    },
    at,
    quiet: [{ severity: 'critical', plane: 'order' }],
  }))
}

/** An order plane that was down for three minutes: one page during the outage, and none afterwards for its cost. */
function toldBefore(): RuleCase[] {
  const outage = {
    alert: 'OrderPlaneAvailabilityBudgetBurn',
    file,
    every: '30s',
    at: '1h24m',
    series: {
      'up{job="order-plane", instance="o:8001"}': '1x159 0x5 1x40',
      [`triplane_ready{${order}}`]: '1x159 _x6 1x40',
    },
  } as const
  const down = 'ALERTS{alertname="OrderPlaneDown", alertstate="firing", severity="critical", plane="order"}'
  return [
    {
      ...outage,
      title: 'an outage that nothing has paged for',
      fires: [
        {
          severity: 'critical',
          plane: 'order',
          labels: { slo: 'order-plane-availability' },
          description:
            '3.25% of all scrapes find an order plane that is not up and ready; the objective is 99.9 % good over 30 days.',
        },
      ],
    },
    {
      ...outage,
      title: 'nothing for an outage that its Down alert has paged for',
      series: { ...outage.series, [down]: '_x163 1x1 stale' },
      quiet: [{ severity: 'critical', plane: 'order' }],
    },
  ]
}

/** Books without data for three minutes, for which the switch for silent data has paged. */
function silentBooks(): RuleCase[] {
  const silence = {
    alert: 'BookValidityBudgetBurn',
    file,
    every: '30s',
    at: '1h24m',
    series: {
      'source_exchange_symbol:data_book_valid:min{source="sim", exchange="sim", symbol="SPY"}': '1x159 0x5 1x40',
    },
  } as const
  const key = { severity: 'critical', plane: 'data' } as const
  const tripped = (switchType: string) =>
    `ALERTS{alertname="KillSwitchTriggered", alertstate="firing", severity="critical", plane="strategy", switch_type="${switchType}"}`
  const pages = {
    ...key,
    labels: { slo: 'book-validity', source: 'sim', exchange: 'sim', symbol: 'SPY' },
    description:
      '3.25% of the time the book of SPY at sim from sim is not valid; the objective is 99.9 % good over 30 days.',
  }
  return [
    { ...silence, title: 'a silence that nothing has paged for', fires: [pages] },
    {
      ...silence,
      title: 'a silence, and a switch that it has not tripped',
      series: { ...silence.series, [tripped('pnl')]: '_x161 1x10' },
      fires: [pages],
    },
    {
      ...silence,
      title: 'nothing for a silence that its switch has paged for, armed again by now',
      series: { ...silence.series, [tripped('stale_data')]: '_x161 1x3 stale' },
      quiet: [key],
    },
    {
      ...silence,
      title: 'nothing for a silence that FeedDown has paged for',
      series: {
        ...silence.series,
        'ALERTS{alertname="FeedDown", alertstate="firing", severity="critical", plane="data", source="sim"}':
          '_x162 1x2 stale',
      },
      quiet: [key],
    },
  ]
}

function casesOf({ alert, plane, labels, percent, what, series }: Level): RuleCase[] {
  const critical: RuleKey = { severity: 'critical', plane }
  const warning: RuleKey = { severity: 'warning', plane }
  const budget = 1 - percent / 100
  const fires = (key: RuleKey, factor: number): Fires => ({
    ...key,
    labels,
    description: `${Number((factor * budget * 100).toPrecision(4))}% of ${what}; the objective is ${percent} % good over 30 days.`,
  })
  const at = (factor: number) => series(factor * budget)
  return [
    {
      title: 'a budget that burns 20 times as fast as it lasts, after less than a ticket looks at',
      alert,
      file,
      every: '30s',
      series: at(20),
      at: '1h30m',
      fires: [fires(critical, 20)],
      quiet: [warning],
    },
    {
      title: 'a budget that burns 8 times as fast',
      alert,
      file,
      every: '2m',
      series: at(8),
      at: '3h',
      fires: [fires(critical, 8), fires(warning, 8)],
    },
    {
      title: 'a ticket alone when it burns 4 times as fast',
      alert,
      file,
      every: '2m',
      series: at(4),
      at: '3h',
      fires: [fires(warning, 4)],
      quiet: [critical],
    },
    {
      title: 'a ticket alone when it burns twice as fast',
      alert,
      file,
      every: '2m',
      series: at(2),
      at: '6h30m',
      fires: [fires(warning, 2)],
      quiet: [critical],
    },
    {
      title: 'nothing when half of it burns',
      alert,
      file,
      every: '2m',
      series: at(0.5),
      at: '3h',
      quiet: [critical, warning],
    },
    {
      title: 'nothing when there is hardly any traffic',
      alert,
      file,
      every: '30s',
      series: series(1, 'little'),
      at: '2h30m',
      quiet: [critical, warning],
    },
  ]
}
