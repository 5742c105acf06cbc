import { labelName, type MetricDefinition } from '@triplane/metrics'

/**
 * How a dashboard's template variables narrow a selector: a matcher for each label that a metric of the catalogue may have.
 * `job` applies to all metrics.
 */
export type Scope = Readonly<Record<string, string>>

/** Several values of each, or all. */
export const planeScope: Scope = {
  job: 'job=~"$job"',
  strategy: 'strategy=~"$strategy"',
  exchange: 'exchange=~"$exchange"',
  symbol: 'symbol=~"$symbol"',
}

/** One instrument. */
export const marketScope: Scope = {
  job: 'job=~"$job"',
  exchange: 'exchange="$exchange"',
  symbol: 'symbol="$symbol"',
}

/** Batch jobs are distinguished by their dag, not by the Prometheus job. */
export const batchScope: Scope = { job: '', dag_id: 'dag_id=~"$dag"' }

/** A separate job may scrape the book levels; its name derives from that of the plane. */
const BOOK_JOB = 'job=~"($job)(-book)?"'

/** Writes PromQL over metrics of the catalogue, each selector narrowed by the dashboard's variables. */
export function createPromql(scope: Scope) {
  function matchersOf({ labels, priority }: MetricDefinition): string[] {
    const ofLabels = labels.map(labelName).map((label) => scope[label])
    const job = priority === 'book' ? BOOK_JOB : scope['job']
    return [job, ...ofLabels].filter((matcher) => matcher !== undefined && matcher !== '') as string[]
  }

  /** A selector of the metric's series, or of one part of a histogram. */
  function of(metric: MetricDefinition, more = '', suffix = ''): string {
    const matchers = [...matchersOf(metric), ...(more === '' ? [] : [more])]
    return `${metric.name}${suffix}{${matchers.join(',')}}`
  }

  /** Per second, summed by these labels. */
  function rate(metric: MetricDefinition, by: readonly string[] = [], more = ''): string {
    return `sum${grouping(by)}(rate(${of(metric, more)}[$__rate_interval]))`
  }

  /** The increase of a counter over the interval of a point, summed by these labels. */
  function increase(metric: MetricDefinition, by: readonly string[] = [], more = ''): string {
    return `sum${grouping(by)}(increase(${of(metric, more)}[$__rate_interval]))`
  }

  /** The increase of a counter in the last minute, over all series. For instant queries. */
  function lastMinute(metric: MetricDefinition): string {
    return `sum(increase(${of(metric)}[1m]))`
  }

  /** The same for the last hour. */
  function lastHour(metric: MetricDefinition): string {
    return `sum(increase(${of(metric)}[1h]))`
  }

  /** A quantile of a histogram by these labels. */
  function quantile(q: number, metric: MetricDefinition, by: readonly string[] = []): string {
    const rates = `sum${grouping(['le', ...by])}(rate(${of(metric, '', '_bucket')}[$__rate_interval]))`
    return `histogram_quantile(${q}, ${rates})`
  }

  /** The largest of a gauge's series by these labels: one value, when several targets expose a series. */
  function max(metric: MetricDefinition, by: readonly string[] = [], more = ''): string {
    return `max${grouping(by)}(${of(metric, more)})`
  }

  /** Seconds since the time in a gauge. */
  function age(metric: MetricDefinition, by: readonly string[] = []): string {
    return `time() - ${max(metric, by)}`
  }

  return { of, rate, increase, lastMinute, lastHour, quantile, max, age }
}

function grouping(by: readonly string[]): string {
  return by.length === 0 ? ' ' : ` by (${by.join(', ')}) `
}

/** The labels that distinguish instruments: BTC/USDT trades at several exchanges. */
export const byInstrument = ['exchange', 'symbol']

/** `{{symbol}} {{side}}`: the legend of series with these labels. */
export function legendOf(by: readonly string[]): string {
  return by.map((label) => `{{${label}}}`).join(' ')
}
