import { createMetrics } from './metrics.ts'

const metrics = createMetrics('data_plane', {
  processMetrics: false,
  instruments: Array.from({ length: 50 }, (_, i) => ({ source: 'sim', exchange: 'sim', symbol: `S${i}` })),
})

describe('a scrape', () => {
  it('returns core and book separately, together equal to everything', async () => {
    metrics.bidPrice.set({ exchange: 'sim', symbol: 'S0', level: '0' }, 100)
    const [all, core, book] = await Promise.all([metrics.expose(), metrics.expose('core'), metrics.expose('book')])
    expect(all).toBe(`${core}\n${book}`)
    expect(core).not.toContain('crypto_orderbook_')
    expect(book.match(/^# TYPE (\w+)/gm)).toHaveLength(6)
    expect(book).toContain(
      'crypto_orderbook_bid_price{exchange="sim",symbol="S0",level="0",service="data_plane"} 100\n',
    )
  })

  it('shows the values of one moment, whatever is recorded while it renders', async () => {
    const freshness = metrics.freshness.of({ source: 'sim', exchange: 'sim', symbol: 'S49' })
    const spread = metrics.spread.of({ exchange: 'sim', symbol: 'S49' })
    spread.set(1)
    const rendering = metrics.expose()
    freshness.observe(1)
    spread.set(2)
    metrics.feedDisconnects.inc({ source: 'sim', reason: 'new' })
    const text = await rendering
    expect(text).toContain('crypto_spread{exchange="sim",symbol="S49",service="data_plane"} 1\n')
    expect(text).toContain(
      'data_freshness_seconds_count{service="data_plane",source="sim",exchange="sim",symbol="S49"} 0\n',
    )
    expect(text).not.toContain('reason="new"')
  })

  it('shares one rendering among overlapping scrapes', async () => {
    let measured = 0
    metrics.beforeScrape(() => measured++)
    const texts = await Promise.all([metrics.expose(), metrics.expose(), metrics.expose()])
    expect(measured).toBe(1)
    expect(new Set(texts).size).toBe(1)
    await metrics.expose()
    expect(measured).toBe(2)
  })

  it('yields to the event loop between slices', async () => {
    let turns = 0
    let done = false
    const turn = () => {
      turns++
      if (!done) setImmediate(turn)
    }
    setImmediate(turn)
    await metrics.expose()
    done = true
    expect(turns).toBeGreaterThan(1)
  })
})
