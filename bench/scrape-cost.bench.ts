// The cost of a scrape at 1k, 10k and 50k series, compared with plain prom-client with the same series.
import { createMetrics } from '@triplane/metrics'
import { Gauge, Registry } from 'prom-client'
import { runBench } from './harness.ts'

const SCRAPES = 5
const LEVELS = Array.from({ length: 20 }, (_, i) => String(i))
const names = ['bid_price', 'bid_quantity', 'bid_cumulative', 'ask_price', 'ask_quantity', 'ask_cumulative'] as const
const keys = ['bidPrice', 'bidQuantity', 'bidCumulative', 'askPrice', 'askQuantity', 'askCumulative'] as const
/** Book levels of one instrument. */
const LINES = names.length * LEVELS.length

const priceOf = (level: string) => 60_000 + Number(level) / 7
const symbolsFor = (series: number) => Array.from({ length: Math.round(series / LINES) }, (_, i) => `S${i}/USDT`)

/** Our registry with the book levels of this many symbols; only they are exposed. */
function ours(symbols: readonly string[]): () => Promise<readonly Buffer[]> {
  const instruments = symbols.map((symbol) => ({ source: 'sim', exchange: 'sim', symbol }))
  const metrics = createMetrics('data_plane', { instruments, maxSeries: 1_000_000 })
  for (const symbol of symbols)
    for (const level of LEVELS)
      for (const key of keys) metrics[key].set({ exchange: 'sim', symbol, level }, priceOf(level))
  return () => metrics.exposeParts('book')
}

/** The same series in a registry of prom-client. Encoded as well, because the server sends bytes. */
function plain(symbols: readonly string[]): () => Promise<readonly Buffer[]> {
  const registry = new Registry()
  registry.setDefaultLabels({ service: 'data_plane' })
  for (const name of names) {
    const labelNames = ['exchange', 'symbol', 'level']
    const gauge = new Gauge({ name: `crypto_orderbook_${name}`, help: name, labelNames, registers: [registry] })
    for (const symbol of symbols)
      for (const level of LEVELS) gauge.set({ exchange: 'sim', symbol, level }, priceOf(level))
  }
  return async () => [Buffer.from(await registry.metrics())]
}

const linesOf = (parts: readonly Buffer[]) =>
  Buffer.concat(parts)
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#')).length

const scraping = (expose: () => Promise<readonly Buffer[]>) => () => scrapes(expose)

async function scrapes(expose: () => Promise<readonly Buffer[]>): Promise<number> {
  let parts: readonly Buffer[] = []
  for (let i = 0; i < SCRAPES; i++) parts = await expose()
  return linesOf(parts)
}

const sizes = [1000, 10_000, 50_000]
const asked = process.argv[2]
for (const size of sizes) {
  const symbols = symbolsFor(size)
  const [our, their] = [`ours ${size}`, `prom-client ${size}`]
  if (asked !== undefined && asked !== our && asked !== their) continue
  await runBench({
    title: `A scrape of ${symbols.length * LINES} series`,
    items: SCRAPES,
    item: 'scrape',
    contenders: [
      { name: our, prepare: async () => scraping(ours(symbols)) },
      { name: their, prepare: async () => scraping(plain(symbols)) },
    ],
    expected: symbols.length * LINES,
    goals: [{ than: their, timesFaster: 2 }],
  })
}
