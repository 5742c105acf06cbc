import fc from 'fast-check'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { counter, gauge, histogram, measurement } from './definition.ts'
import { createMetrics } from './metrics.ts'

const numbers = fc.oneof(fc.double({ noNaN: true }), fc.integer(), fc.constantFrom(-0, 1e21, 1e-7, 0.1 + 0.2))
const label = fc.oneof(fc.string(), fc.constantFrom('BTC/USDT', 'a"b', 'a\\b', 'a\nb', '', '\u00e9\u{1f600}'))

const definitions = {
  seen: counter('seen_total', 'Seen.\nWith a \\ in "help".', ['source', 'symbol']),
  level: gauge('level', 'Level.', ['symbol']),
  price: measurement('price', 'Price.', ['symbol']),
  // No bound at -1: prom-client 15.1.3 counts observations above the last bound in it.
  latency: histogram('latency_seconds', 'Latency.', ['symbol'], [-2, 0, 0.1, 1e21]),
  open: gauge('open', 'Open.'),
}

/** The part of the text that belongs to `definitions`. */
async function exposed(record: (own: ReturnType<typeof extended>['own']) => void): Promise<string> {
  const { metrics, own } = extended()
  record(own)
  const text = await metrics.expose()
  return text.slice(text.indexOf('# HELP own_'))
}

function extended() {
  const metrics = createMetrics('my "service"', { processMetrics: false })
  return { metrics, own: metrics.extend('own', definitions) }
}

function promClient() {
  const registry = new Registry()
  registry.setDefaultLabels({ service: 'my "service"' })
  const registers = [registry]
  const { seen, level, price, latency, open } = definitions
  return {
    registry,
    seen: new Counter({ name: 'own_seen_total', help: seen.help, labelNames: ['source', 'symbol'], registers }),
    level: new Gauge({ name: 'own_level', help: level.help, labelNames: ['symbol'], registers }),
    price: new Gauge({ name: 'own_price', help: price.help, labelNames: ['symbol'], registers }),
    latency: new Histogram({
      name: 'own_latency_seconds',
      help: latency.help,
      labelNames: ['symbol'],
      buckets: [...latency.buckets],
      registers,
    }),
    open: new Gauge({ name: 'own_open', help: open.help, registers }),
  }
}

describe('text exposition', () => {
  it('equals the bytes of prom-client for any labels and values', async () => {
    const step = fc.record({ symbol: label, source: label, value: numbers, by: fc.nat() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const theirs = promClient()
        const ours = await exposed((own) => {
          for (const { symbol, source, value, by } of steps) {
            own.seen.inc({ source, symbol }, by)
            theirs.seen.inc({ source, symbol }, by)
            own.level.set({ symbol }, value)
            theirs.level.set({ symbol }, value)
            own.price.set({ symbol }, value)
            theirs.price.set({ symbol }, value)
            own.open.set(value)
            theirs.open.set(value)
            if (!Number.isFinite(value)) continue
            own.latency.observe({ symbol }, value)
            theirs.latency.observe({ symbol }, value)
          }
        })
        expect(ours).toBe(await theirs.registry.metrics())
      }),
    )
  })

  it('writes a line for each known series and none for a gauge without a value', async () => {
    const metrics = createMetrics('data_plane', {
      processMetrics: false,
      instruments: [{ source: 'sim', exchange: 'sim', symbol: 'BTC/USDT' }],
    })
    metrics.price.set({ exchange: 'sim', symbol: 'BTC/USDT', type: 'bid' }, 61659.7)
    metrics.price.set({ exchange: 'sim', symbol: 'BTC/USDT', type: 'ask' }, 61659.8)
    metrics.price.of({ exchange: 'sim', symbol: 'BTC/USDT', type: 'ask' }).clear()
    const text = await metrics.expose()
    expect(text).toContain(
      '\ndata_ticks_received_total{source="sim",exchange="sim",symbol="BTC/USDT",service="data_plane"} 0\n',
    )
    expect(text).toContain(
      '\ndata_freshness_seconds_bucket{le="0.1",service="data_plane",source="sim",exchange="sim",symbol="BTC/USDT"} 0\n',
    )
    expect(text.split('\n').filter((line) => line.startsWith('crypto_price{'))).toEqual([
      'crypto_price{exchange="sim",symbol="BTC/USDT",type="bid",service="data_plane"} 61659.7',
    ])
  })
})
