import { labelName, type MetricDefinition } from '@triplane/metrics'

/**
 * How a dashboard's template variables narrow a selector: a matcher for each label that a metric of the catalogue may have.
 * `job` goes on all of them.
 */
export type Scope = Readonly<Record<string, string>>

/** Several values, or all, of each. */
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

/** Batch jobs are told apart by their dag, not by the Prometheus job. */
export const batchScope: Scope = { job: '', dag_id: 'dag_id=~"$dag"' }

/** The book levels may be scraped by a job of their own, named after that of the plane. */
const BOOK_JOB = 'job=~"($job)(-book)?"'

/** Writes PromQL over metrics of the catalogue, each selector narrowed by the dashboard's variables. */
export function createPromql(scope: Scope) {
  function matchersOf({ labels, priority }: MetricDefinition): string[] {
    const ofLabels = labels.map(labelName).map((label) => scope[label])
    const job = priority === 'book' ? BOOK_JOB : scope['job']
    return [job, ...ofLabels].filter((matcher) => matcher !== undefined && matcher !== '') as string[]
  }

  /** A selector of the metric's series, or those of one of a histogram's parts. */
  function of(metric: MetricDefinition, more = '', suffix = ''): string {
    const matchers = [...matchersOf(metric), ...(more === '' ? [] : [more])]
    return `${metric.name}${suffix}{${matchers.join(',')}}`
  }

  /** Per second, summed by these labels. */
  function rate(metric: MetricDefinition, by: readonly string[] = [], more = ''): string {
    return `sum${grouping(by)}(rate(${of(metric, more)}[$__rate_interval]))`
  }

  /** What a counter gained over the interval of a point, summed by these labels. */
  function increase(metric: MetricDefinition, by: readonly string[] = [], more = ''): string {
    return `sum${grouping(by)}(increase(${of(metric, more)}[$__rate_interval]))`
  }

  /** What a counter gained in the last minute, of all series. For instant queries. */
  function lastMinute(metric: MetricDefinition): string {
    return `sum(increase(${of(metric)}[1m]))`
  }

  /** The same of the last hour. */
  function lastHour(metric: MetricDefinition): string {
    return `sum(increase(${of(metric)}[1h]))`
  }

  /** A quantile of a histogram by these labels. */
  function quantile(q: number, metric: MetricDefinition, by: readonly string[] = []): string {
    const rates = `sum${grouping(['le', ...by])}(rate(${of(metric, '', '_bucket')}[$__rate_interval]))`
    return `histogram_quantile(${q}, ${rates})`
  }

  /** The largest of a gauge's series by these labels: each series once, when several targets expose it. */
  function max(metric: MetricDefinition, by: readonly string[] = [], more = ''): string {
    return `max${grouping(by)}(${of(metric, more)})`
  }

  /** Seconds since the time that a gauge holds. */
  function age(metric: MetricDefinition, by: readonly string[] = []): string {
    return `time() - ${max(metric, by)}`
  }

  return { of, rate, increase, lastMinute, lastHour, quantile, max, age }
}

function grouping(by: readonly string[]): string {
  return by.length === 0 ? ' ' : ` by (${by.join(', ')}) `
}

/** What tells instruments apart: BTC/USDT is at several exchanges. */
export const byInstrument = ['exchange', 'symbol']

/** `{{symbol}} {{side}}`: the legend of series that are told apart by these labels. */
export function legendOf(by: readonly string[]): string {
  return by.map((label) => `{{${label}}}`).join(' ')
}
