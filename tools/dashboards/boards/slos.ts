import { dashboardUids, duration, thresholds } from '@triplane/monitoring'
import { createDashboard, variables } from '../dashboard.ts'
import type { PanelDraft } from '../panel.ts'
import { statPanel, timeSeries } from '../panels.ts'
import { newest, series } from '../series.ts'

/** The rules record rates every 30 s, the remaining budget every 5 minutes. */
const RECORDED = '30s'
const BUDGET = '5m'

const { burnRates, slos } = thresholds
const everyBurnRate = [...burnRates.page, ...burnRates.ticket]
/** A burn rate above this pages, when it holds over both windows. */
const PAGED = Math.min(...burnRates.page.map(({ factor }) => factor))

interface Objective {
  /** The label `slo`. */
  readonly slo: string
  readonly title: string
  /** The promise: a clause. */
  readonly promise: string
  readonly objectiveRatio: number
  /** Its series have more labels than `slo`. */
  readonly byInstrument?: boolean
}

const objectives: readonly Objective[] = [
  {
    ...slos.tickFreshness,
    slo: 'tick-freshness',
    title: 'Tick freshness',
    promise: `are published within ${slos.tickFreshness.withinSeconds} s of their time at the venue`,
  },
  {
    ...slos.bookValidity,
    slo: 'book-validity',
    title: 'Book validity',
    promise: 'of the time the book of an instrument is valid',
    byInstrument: true,
  },
  {
    ...slos.submitToAck,
    slo: 'submit-to-ack',
    title: 'Submit to acknowledgement',
    promise: `of the orders are acknowledged within ${slos.submitToAck.withinSeconds} s`,
  },
  {
    ...slos.orderPlaneAvailability,
    slo: 'order-plane-availability',
    title: 'Order plane availability',
    promise: 'of the scrapes find the order plane up and ready',
  },
]

function panelsOf({ slo, title, promise, objectiveRatio, byInstrument = false }: Objective): PanelDraft[] {
  const selector = byInstrument ? `{slo="${slo}",exchange=~"$exchange",symbol=~"$symbol"}` : `{slo="${slo}"}`
  const name = byInstrument ? ' {{source}} {{exchange}} {{symbol}}' : ''
  const percent = `${Number((objectiveRatio * 100).toPrecision(12))} %`
  const budgetRatio = Number((1 - objectiveRatio).toPrecision(12))
  const promised = `The objective: ${percent} ${promise}, over 30 days.`
  const windows = [...new Set(everyBurnRate.map(({ longOverSeconds }) => duration(longOverSeconds)))]
  return [
    timeSeries(
      {
        title: `${title}: burn rate`,
        shows: `${promised} At a burn rate of 1 the error budget lasts just these 30 days.`,
        worry: `Worry above the dashed line: at ${PAGED} it is gone in ${Math.floor(30 / PAGED)} days.`,
        unit: 'suffix:x',
        queries: windows.map((window) =>
          series(`slo:error_ratio:${window}${selector} / ${budgetRatio}`, `over ${window}${name}`, RECORDED),
        ),
        width: 12,
      },
      { limit: { at: PAGED }, min: 0 },
    ),
    timeSeries(
      {
        title: `${title}: bad share`,
        shows: `${promised} The share that was not, over ${duration(thresholds.sloRates.overSeconds)}.`,
        worry: 'Worry when it stays above the dashed line, the share that may be bad.',
        unit: 'percentunit',
        queries: [
          series(`slo:error_ratio:${duration(thresholds.sloRates.overSeconds)}${selector}`, `bad${name}`, RECORDED),
        ],
        width: 6,
      },
      { limit: { at: budgetRatio }, min: 0 },
    ),
    timeSeries(
      {
        title: `${title}: budget left`,
        shows: `${promised} What is left of the share that may be bad, of the last 30 days.`,
        worry: 'Worry below 0: the objective is missed. Deploy with care until it has recovered.',
        unit: 'percentunit',
        queries: [series(`slo:error_budget_remaining:ratio${selector}`, `left${name}`, BUDGET)],
        width: 6,
      },
      { limit: { at: 0, bad: 'below' }, max: 1 },
    ),
  ]
}

const now = [
  statPanel(
    {
      title: 'Error budget left',
      shows: 'What is left of the share that may be bad, of the last 30 days, of each objective.',
      worry: 'Worry below 0: the objective is missed.',
      unit: 'percentunit',
      queries: [newest('min by (slo) (slo:error_budget_remaining:ratio)', '{{slo}}', BUDGET)],
      width: 12,
      height: 6,
    },
    { limit: { at: 0, bad: 'below' }, decimals: 1 },
  ),
  statPanel(
    {
      title: 'Burn rate of the last hour',
      shows: 'How many times as fast as would use the budget up in 30 days, of each objective.',
      worry: `Worry above ${PAGED}.`,
      unit: 'suffix:x',
      queries: [
        newest(
          'max by (slo) (slo:error_ratio:1h / on (slo) group_left () (1 - slo:objective:ratio))',
          '{{slo}}',
          RECORDED,
        ),
      ],
      width: 8,
      height: 6,
    },
    { limit: { at: PAGED }, decimals: 1 },
  ),
  statPanel(
    {
      title: 'Scrapes of the planes',
      shows: 'Share of the scrapes of the time shown that reached the planes.',
      worry: 'Worry below 99.9 %.',
      unit: 'percentunit',
      queries: [newest('avg (avg_over_time(up{job=~"$job"}[$__range]))', 'reached')],
      width: 4,
      height: 6,
    },
    { limit: { at: 0.999, bad: 'below' }, decimals: 2 },
  ),
]

/** The promises over 30 days, and how much of each may still be missed. */
export function createSloBoard() {
  return createDashboard({
    uid: dashboardUids.slo,
    title: 'SLOs',
    description: 'What is promised over 30 days and how fast the error budget burns. Needs the recording rules.',
    refresh: '30s',
    from: 'now-24h',
    variables: [
      variables.prometheus(),
      variables.job(),
      variables.labelsOf('exchange', 'Exchange', 'slo:total:rate{slo="book-validity"}'),
      variables.labelsOf('symbol', 'Symbol', 'slo:total:rate{slo="book-validity",exchange=~"$exchange"}'),
    ],
    rows: [
      { title: 'Now', panels: now },
      ...objectives.map((objective) => ({ title: objective.title, panels: panelsOf(objective) })),
    ],
  })
}
