// A service of your own that records into Triplane's metrics. Run it: npx tsx examples/metrics/service.ts [port]
import { setTimeout as sleep } from 'node:timers/promises'
import { among, counter, createMetrics, histogram, startMetricsServer } from '@triplane/metrics'

// Three lines: dashboards and alerts made for the data plane work for this service too.
const metrics = createMetrics('data_plane')
metrics.ticksReceived.inc({ source: 'my_feed', exchange: 'my_exchange', symbol: 'SPY' })
const server = await startMetricsServer(metrics, { port: Number(process.argv[2] ?? 8000) })

// A catalogue of your own; with the prefix the names become acme_orders_imported_total and acme_import_seconds.
const acme = metrics.extend('acme', {
  ordersImported: counter('orders_imported_total', 'Orders imported from the desk.', [
    'desk',
    among('status', ['ok', 'failed']),
  ]),
  importTime: histogram('import_seconds', 'Time to import one file of orders.', [], [0.01, 0.1, 1, 10]),
})
acme.ordersImported.inc({ desk: 'seoul', status: 'ok' }, 3)
acme.importTime.observe(0.25)
console.log(`${server.url}/metrics`)

// On a hot path keep the handle: recording is an array add.
const ticks = metrics.ticksReceived.of({ source: 'my_feed', exchange: 'my_exchange', symbol: 'SPY' })
let running = true
process.once('SIGINT', () => (running = false))
process.once('SIGTERM', () => (running = false))
while (running) {
  ticks.inc()
  await sleep(100)
}
await server.close()
