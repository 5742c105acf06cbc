import { among, counter, gauge, histogram, planned, within } from './definition.ts'
import { createMetrics } from './metrics.ts'

const instruments = [
  { source: 'capture', exchange: 'binance', symbol: 'BTC/USDT' },
  { source: 'sim', exchange: 'sim', symbol: 'SPY' },
]

/** The lines of `text` that belong to the metric. */
function linesOf(text: string, metric: string): string[] {
  return text.split('\n').filter((line) => line.startsWith(`${metric}{`))
}

describe('the metrics of a service', () => {
  it('show every known label set at 0 from the start, except combinations that do not exist', async () => {
    const metrics = createMetrics('order_plane', { processMetrics: false, instruments, labels: { strategy: ['OFI'] } })
    const text = await metrics.expose()
    expect(linesOf(text, 'orders_received_total')).toEqual([
      'orders_received_total{strategy="OFI",exchange="binance",symbol="BTC/USDT",service="order_plane"} 0',
      'orders_received_total{strategy="OFI",exchange="sim",symbol="SPY",service="order_plane"} 0',
    ])
    expect(linesOf(text, 'orders_commission_total_usd')).toHaveLength(2)
    const data = await createMetrics('data_plane', { processMetrics: false, instruments }).expose()
    expect(linesOf(data, 'data_book_valid')).toEqual([
      'data_book_valid{exchange="binance",symbol="BTC/USDT",service="data_plane"} 0',
      'data_book_valid{exchange="sim",symbol="SPY",service="data_plane"} 0',
    ])
  })

  it('show nothing for planned metrics, and only the used values of a closed label', async () => {
    const metrics = createMetrics('test', { processMetrics: false })
    const acme = metrics.extend('acme', {
      later: planned(counter('later_total', 'To come.', [among('kind', ['a', 'b'])])),
      sooner: planned(gauge('sooner', 'To come, without labels.')),
      some: counter('some_total', 'Some of them.', [within('kind', ['a', 'b', 'c'])]),
    })
    expect(Object.keys(acme)).toEqual(['some'])
    acme.some.of({ kind: 'b' })
    const lines = (await metrics.expose()).split('\n').filter((line) => line.includes('acme'))
    expect(lines.filter((line) => !line.startsWith('#'))).toEqual(['acme_some_total{kind="b",service="test"} 0'])
    expect(lines.filter((line) => line.startsWith('# TYPE'))).toEqual([
      '# TYPE acme_later_total counter',
      '# TYPE acme_sooner gauge',
      '# TYPE acme_some_total counter',
    ])
  })

  it('record through a handle and through labels into the same series', async () => {
    const metrics = createMetrics('data_plane', { processMetrics: false, instruments })
    const ticks = metrics.ticksReceived.of({ source: 'sim', exchange: 'sim', symbol: 'SPY' })
    ticks.inc()
    ticks.inc(2.5)
    metrics.ticksReceived.inc({ symbol: 'SPY', exchange: 'sim', source: 'sim' })
    expect(linesOf(await metrics.expose(), 'data_ticks_received_total')).toContain(
      'data_ticks_received_total{source="sim",exchange="sim",symbol="SPY",service="data_plane"} 4.5',
    )
  })

  it('count an observation at a bound in the bucket of that bound', async () => {
    const metrics = createMetrics('data_plane', { processMetrics: false, instruments })
    const freshness = metrics.freshness.of({ source: 'sim', exchange: 'sim', symbol: 'SPY' })
    for (const seconds of [0.1, 0.1000001, 100]) freshness.observe(seconds)
    const lines = linesOf(await metrics.expose(), 'data_freshness_seconds_bucket').filter((line) =>
      line.includes('SPY'),
    )
    expect(lines.map((line) => Number(line.split(' ').at(-1)))).toEqual([0, 0, 0, 0, 1, 2, 2, 2, 2, 3])
  })

  it('measure before the values are copied', async () => {
    const metrics = createMetrics('strategy_plane', { processMetrics: false })
    metrics.beforeScrape(() => metrics.portfolioValueUsd.set(100_000))
    expect(await metrics.expose()).toContain('strategy_portfolio_value_usd{service="strategy_plane"} 100000\n')
  })

  it.each([
    [
      'a negative step of a counter',
      () => aMetric().inc({ symbol: 'SPY', exchange: 'sim', source: 'sim' }, -1),
      'goes up',
    ],
    ['NaN as a step', () => aMetric().inc({ symbol: 'SPY', exchange: 'sim', source: 'sim' }, NaN), 'goes up'],
    ['a missing label', () => aMetric().inc({ symbol: 'SPY' } as never), 'Expected labels source, exchange, symbol'],
    [
      'another label',
      () => aMetric().inc({ symbol: 'SPY', exchange: 'sim', source: 'sim', x: '' } as never),
      'Expected labels source, exchange, symbol',
    ],
    ['a name that is in use', () => twice(), 'Expected a metric name that is not in use, was "own_seen_total"'],
    ['a name of the process metrics', () => ofTheProcess(), 'was "process_cpu_seconds_total"'],
    ['a prefix that is none', () => createMetrics('x', { processMetrics: false }).extend('9', {}), 'Expected a prefix'],
    ['a metric name that is none', () => counter('a-b', ''), 'Expected a metric name'],
    ['the label that the library sets', () => counter('a', '', ['service']), 'other than service, le'],
    ['buckets that do not ascend', () => histogram('a', '', [], [1, 1]), 'Expected buckets'],
  ])('refuse %s', (_, wrong, message) => {
    expect(wrong).toThrow(message)
  })
})

function aMetric() {
  return createMetrics('data_plane', { processMetrics: false }).ticksReceived
}

function twice() {
  const metrics = createMetrics('x', { processMetrics: false })
  metrics.extend('own', { seen: counter('seen_total', '') })
  metrics.extend('own', { again: counter('seen_total', '') })
}

function ofTheProcess() {
  createMetrics('x').extend('process', { cpu: counter('cpu_seconds_total', '') })
}

/** Never called: code that must not compile. */
export function typeErrors() {
  const metrics = createMetrics('data_plane')
  // @ts-expect-error a label is missing
  metrics.ticksReceived.inc({ source: 'sim' })
  // @ts-expect-error a label that the metric has not
  metrics.ticksReceived.of({ source: 'sim', exchange: 'sim', symbol: 'SPY', venue: 'sim' })
  // @ts-expect-error a value outside the closed list
  metrics.trades.inc({ exchange: 'sim', symbol: 'SPY', side: 'bid' })
  // @ts-expect-error a counter cannot be set
  metrics.ticksReceived.set({ source: 'sim', exchange: 'sim', symbol: 'SPY' }, 1)
  // @ts-expect-error a metric of another plane
  metrics.tradingState.set({ state: 'active' }, 1)
  // @ts-expect-error a service without a catalogue of its own
  createMetrics('notifier').ticksReceived.inc({ source: 'sim', exchange: 'sim', symbol: 'SPY' })
  const own = metrics.extend('acme', { jobs: counter('jobs_total', 'Jobs.', [among('status', ['ok', 'failed'])]) })
  // @ts-expect-error a value outside the closed list
  own.jobs.inc({ status: 'okay' })
  // @ts-expect-error a label where there is none
  createMetrics('order_plane').openPositions.set({}, 1)
}
