import { counter, histogram } from './definition.ts'
import { createMetrics } from './metrics.ts'
import type { SeriesDrop } from './series-registry.ts'

const symbols = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ source: 'sim', exchange: 'sim', symbol: `S${i}` }))

const linesIn = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))

async function capped<Service extends string>(service: Service, count: number, maxSeries: number) {
  const drops: SeriesDrop[] = []
  const metrics = createMetrics(service, {
    processMetrics: false,
    instruments: symbols(count),
    labels: { strategy: ['OFI'] },
    maxSeries,
    onSeriesDropped: (drop) => drops.push(drop),
  })
  return { metrics, drops, dropped: drops.map((drop) => drop.metric), text: await metrics.expose() }
}

describe('the cap on series', () => {
  it('drops nothing while everything fits', async () => {
    const { drops, metrics } = await capped('data_plane', 4, 10_000)
    expect(drops).toEqual([])
    expect(metrics.seriesLines).toBeLessThan(1250)
  })

  it('drops book levels first, as few as needed, and counts them', async () => {
    const { metrics, drops, text } = await capped('data_plane', 60, 10_000)
    expect(drops).toEqual([
      { metric: 'crypto_orderbook_ask_cumulative', lines: 1200, maxSeries: 10_000 },
      { metric: 'crypto_orderbook_bid_cumulative', lines: 1200, maxSeries: 10_000 },
    ])
    expect(text).toContain(
      'triplane_metrics_series_dropped_total{metric="crypto_orderbook_ask_cumulative",service="data_plane"} 1200\n',
    )
    expect(text).not.toContain('# TYPE crypto_orderbook_ask_cumulative ')
    expect(text).toContain('# TYPE crypto_orderbook_bid_price ')
    expect(metrics.seriesLines).toBeLessThanOrEqual(10_000)
    expect(linesIn(text).length).toBeLessThanOrEqual(10_000)
  })

  it('then drops histograms by symbol, then the rest, and never orders, PnL or health', async () => {
    const some = await capped('order_plane', 100, 10_000)
    expect(some.dropped.length).toBeGreaterThan(0)
    expect(some.dropped.every((metric) => /latency_seconds|slippage_bps/.test(metric))).toBe(true)
    const all = await capped('order_plane', 100, 10)
    expect(all.text).toContain('orders_received_total{strategy="OFI",exchange="sim",symbol="S99"')
    expect(all.text).not.toContain('# TYPE orders_slippage_bps')
    const data = await capped('data_plane', 100, 10)
    expect(data.text).not.toContain('# TYPE crypto_price ')
    expect(data.text).toContain('data_book_valid{exchange="sim",symbol="S99"')
    expect(data.text).toContain('data_feed_connected{source="sim"')
  })

  it('accepts records of a dropped metric and shows none', async () => {
    const { metrics } = await capped('data_plane', 60, 10_000)
    metrics.askCumulative.set({ exchange: 'sim', symbol: 'S0', level: '0' }, 5)
    expect(await metrics.expose()).not.toContain('crypto_orderbook_ask_cumulative{')
  })

  it('decides again when a catalogue is added, and only then', async () => {
    const { metrics, drops } = await capped('data_plane', 50, 10_000)
    const level = metrics.askCumulative.of({ exchange: 'sim', symbol: 'S0', level: '0' })
    expect(drops).toEqual([])
    const own = metrics.extend('own', {
      wait: histogram(
        'wait',
        '',
        ['symbol'],
        Array.from({ length: 17 }, (_, i) => i),
      ),
    })
    expect(drops).toEqual([{ metric: 'crypto_orderbook_ask_cumulative', lines: 1000, maxSeries: 10_000 }])
    level.set(5)
    own.wait.observe({ symbol: 'S0' }, 1)
    const text = await metrics.expose()
    expect(text).toContain('own_wait_count{service="data_plane",symbol="S0"} 1\n')
    expect(text).not.toContain('crypto_orderbook_ask_cumulative{')
    expect(drops).toHaveLength(1)
  })

  it('refuses an unknown label set once there is no room, reports it once, counts each', async () => {
    const drops: SeriesDrop[] = []
    const maxSeries = createMetrics('my_service', { processMetrics: false }).seriesLines + 20
    const metrics = createMetrics('my_service', {
      processMetrics: false,
      maxSeries,
      onSeriesDropped: (drop) => drops.push(drop),
    })
    const { seen } = metrics.extend('own', { seen: counter('seen_total', '', ['user']) })
    for (let i = 0; i < 100; i++) seen.inc({ user: `${i}` })
    const text = await metrics.expose()
    const shown = linesIn(text).filter((line) => line.startsWith('own_seen_total'))
    expect(shown.length).toBeLessThan(100)
    expect(shown[0]).toBe('own_seen_total{user="0",service="my_service"} 1')
    expect(drops).toEqual([{ metric: 'own_seen_total', lines: 1, maxSeries }])
    expect(text).toContain(`series_dropped_total{metric="own_seen_total",service="my_service"} ${100 - shown.length}\n`)
  })
})
