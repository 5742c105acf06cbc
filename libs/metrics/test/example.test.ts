import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'

const root = join(__dirname, '../../..')

it("runs examples/metrics: a user's service, with its own catalogue", async () => {
  const service = spawn(process.execPath, ['--import', 'tsx', 'examples/metrics/service.ts', '0'], { cwd: root })
  const exit = once(service, 'exit')
  try {
    const url = await createInterface(service.stdout)[Symbol.asyncIterator]().next()
    const text = await (await fetch(url.value as string)).text()
    expect(text).toMatch(
      /^data_ticks_received_total\{source="my_feed",exchange="my_exchange",symbol="SPY",service="data_plane"\} [1-9]/m,
    )
    expect(text).toContain('acme_orders_imported_total{desk="seoul",status="ok",service="data_plane"} 3\n')
    expect(text).toContain('acme_import_seconds_bucket{le="1",service="data_plane"} 1\n')
  } finally {
    service.kill('SIGTERM')
  }
  expect(await exit).toEqual([0, null])
}, 180_000)
