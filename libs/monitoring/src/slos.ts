import { DEFAULT_EVERY_SECONDS, type AlertPlane, type AlertRule, type PanelRef } from './alert.ts'
import { pictures } from './pictures.ts'
import { planeOf } from './planes.ts'
import { promql } from './promql/promql.ts'
import type { RecordingRule } from './recording-rule.ts'
import { duration, type BurnRate, type Slo, type Thresholds } from './thresholds.ts'

/** How often the remaining budget is computed, seconds: it reads 30 days. */
const BUDGET_EVERY_SECONDS = 300

/** A service level objective: what is counted, and which of it is bad. */
export interface ServiceLevel extends Slo {
  /** The label `slo`. */
  readonly slo: string
  readonly alert: string
  readonly plane: AlertPlane
  /** The rate of what is counted, per second, over `sloRates.overSeconds`. */
  readonly total: string
  /** The bad part of it, with the same labels. */
  readonly bad: string
  /** The noun after "20% of" when the budget burns. */
  readonly what: string
  /** Matchers of the alerts that page for the same incident while it lasts: this objective does not page for it again. */
  readonly toldBy?: string
  readonly picture: PanelRef
}

/** The objectives over 30 days. */
export function serviceLevels({ slos, sloRates }: Thresholds): ServiceLevel[] {
  const over = duration(sloRates.overSeconds)
  const latency = (histogram: string, withinSeconds: number) => ({
    total: `sum(rate(${histogram}_count[${over}]))`,
    bad: promql`
      clamp_min(
        sum(rate(${histogram}_count[${over}])) - sum(rate(${histogram}_bucket{le="${withinSeconds}"}[${over}])),
        0
      )
    `,
  })
  // Recorded every 5 s while the session is open, so the counted unit is a second of an open session.
  const book = `source_exchange_symbol:data_book_valid:min[${over}]`
  const openSeconds = (samples: string) => `${samples} * ${DEFAULT_EVERY_SECONDS} / ${sloRates.overSeconds}`
  const ofOrderPlane = `job="${planeOf('order').job}"`
  const scrapes = `sum(count_over_time(up{${ofOrderPlane}}[${over}]))`
  const goodScrapes = `(sum(sum_over_time(triplane_ready{${ofOrderPlane}}[${over}])) or vector(0))`
  return [
    {
      ...slos.tickFreshness,
      ...latency('data_freshness_seconds', slos.tickFreshness.withinSeconds),
      slo: 'tick-freshness',
      alert: 'TickFreshnessBudgetBurn',
      plane: 'data',
      what: `all events come later than ${slos.tickFreshness.withinSeconds} s`,
      picture: pictures.tickFreshnessSlo,
    },
    {
      ...slos.bookValidity,
      slo: 'book-validity',
      alert: 'BookValidityBudgetBurn',
      plane: 'data',
      total: openSeconds(`count_over_time(${book})`),
      bad: openSeconds(`(count_over_time(${book}) - sum_over_time(${book}))`),
      what: 'the time the book of {{ $labels.symbol }} at {{ $labels.exchange }} from {{ $labels.source }} is not valid',
      // Where no data arrives, no book is valid.
      toldBy: 'alertname=~"FeedDown|KillSwitchTriggered", switch_type=~"|stale_data"',
      picture: pictures.bookValiditySlo,
    },
    {
      ...slos.submitToAck,
      ...latency('orders_submit_to_ack_latency_seconds', slos.submitToAck.withinSeconds),
      slo: 'submit-to-ack',
      alert: 'SubmitToAckBudgetBurn',
      plane: 'order',
      what: `all orders are acknowledged later than ${slos.submitToAck.withinSeconds} s`,
      picture: pictures.submitToAckSlo,
    },
    {
      ...slos.orderPlaneAvailability,
      slo: 'order-plane-availability',
      alert: 'OrderPlaneAvailabilityBudgetBurn',
      plane: 'order',
      total: `${scrapes} / ${sloRates.overSeconds}`,
      bad: `clamp_min(${scrapes} - ${goodScrapes}, 0) / ${sloRates.overSeconds}`,
      what: 'all scrapes find an order plane that is not up and ready',
      toldBy: `alertname="${planeOf('order').downAlert}"`,
      picture: pictures.availabilitySlo,
    },
  ]
}

/** The series of the bad share over a window: `slo:error_ratio:1h`. */
function errorRatio(overSeconds: number): string {
  return `slo:error_ratio:${duration(overSeconds)}`
}

/**
 * What is counted and its bad part are recorded as rates over 5 minutes. Their averages over any window are the rates over that
 * window, so no rule reads days of a histogram.
 */
export function sloRecordings(thresholds: Thresholds): RecordingRule[] {
  const { everySeconds, overSeconds, budgetOverSeconds } = thresholds.sloRates
  const rates = serviceLevels(thresholds).flatMap(({ slo, total, bad, objectiveRatio }) => [
    { record: 'slo:total:rate', expr: total, labels: { slo } },
    { record: 'slo:bad:rate', expr: bad, labels: { slo } },
    { record: 'slo:objective:ratio', expr: `vector(${objectiveRatio})`, labels: { slo } },
  ])
  const windows = [...thresholds.burnRates.page, ...thresholds.burnRates.ticket].flatMap((burn) => [
    burn.shortOverSeconds,
    burn.longOverSeconds,
  ])
  const ratios = [...new Set([overSeconds, ...windows])].map((window) => ({
    record: errorRatio(window),
    expr: window === overSeconds ? 'slo:bad:rate / slo:total:rate' : averaged(window),
  }))
  const often = [...rates, ...ratios].map((one) => ({ ...one, everySeconds }))
  const budget = [
    { record: errorRatio(budgetOverSeconds), expr: averaged(budgetOverSeconds) },
    {
      record: 'slo:error_budget_remaining:ratio',
      expr: `1 - ${errorRatio(budgetOverSeconds)} / on (slo) group_left () (1 - slo:objective:ratio)`,
    },
  ].map((one) => ({ ...one, everySeconds: BUDGET_EVERY_SECONDS }))
  return [...often, ...budget].map((one) => ({ ...one, group: 'slo' }))
}

function averaged(overSeconds: number): string {
  const over = duration(overSeconds)
  return `avg_over_time(slo:bad:rate[${over}]) / avg_over_time(slo:total:rate[${over}])`
}

/** One alert for each objective: critical when the budget burns fast enough for a page, warning when a ticket is enough. */
export function sloAlerts(thresholds: Thresholds): AlertRule[] {
  return serviceLevels(thresholds).flatMap((level) => [
    burnAlert(level, 'critical', thresholds),
    burnAlert(level, 'warning', thresholds),
  ])
}

function burnAlert(
  level: ServiceLevel,
  severity: 'critical' | 'warning',
  { burnRates, sloRates }: Thresholds,
): AlertRule {
  const { slo, alert, plane, objectiveRatio, what, picture } = level
  const percent = `${Number((objectiveRatio * 100).toPrecision(12))} %`
  const isPage = severity === 'critical'
  const burns = isPage ? burnRates.page : burnRates.ticket
  return {
    name: alert,
    severity,
    plane,
    group: 'slo',
    everySeconds: sloRates.everySeconds,
    expr: burns.map((burn) => burnExpr(level, burn, sloRates, isPage)).join('\nor\n'),
    labels: { slo },
    summary: `The error budget of the objective ${slo} burns too fast.`,
    description: `{{ $value | humanizePercentage }} of ${what}; the objective is ${percent} good over 30 days.`,
    picture,
  }
}

/**
 * Both windows burn, the longer one counted enough to be significant, and more than the shorter one is known: a start, which is
 * always bad, has left the shorter window before it counts. Incidents that another alert paged for are excluded from the
 * shorter window.
 */
function burnExpr(
  { slo, objectiveRatio, floor, toldBy }: ServiceLevel,
  burn: BurnRate,
  sloRates: Thresholds['sloRates'],
  isPage: boolean,
): string {
  const { everySeconds, overSeconds: rateOverSeconds } = sloRates
  const { factor, longOverSeconds, shortOverSeconds } = burn
  const limit = Number((factor * (1 - objectiveRatio)).toPrecision(12))
  const reach = duration(shortOverSeconds + rateOverSeconds)
  const told = `\nunless on ()\nmax_over_time(ALERTS{${toldBy ?? ''}, alertstate="firing"}[${reach}])`
  return promql`
    (
      ${errorRatio(longOverSeconds)}{slo="${slo}"} > ${limit}
      and
      ${errorRatio(shortOverSeconds)}{slo="${slo}"} > ${limit}
      and
      sum_over_time(slo:total:rate{slo="${slo}"}[${duration(longOverSeconds)}]) * ${everySeconds} >= ${floor}
      and
      slo:total:rate{slo="${slo}"} offset ${reach}${isPage && toldBy !== undefined ? told : ''}
    )
  `
}
