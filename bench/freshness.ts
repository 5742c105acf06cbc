// `npm run bench:freshness`: how old the picture is. From an event's receipt to its being queryable in a real Prometheus, which
// scrapes the three planes of the standalone app every second.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startPrometheus, type MonitoringServer } from '@triplane/testing/containers'
import { buildApps } from '../e2e/stack.ts'

const WARM_UP_MS = 20_000
const MEASURE_MS = 60_000
const ASK_EVERY_MS = 10
const GOALS = { medianSeconds: 1, p99Seconds: 1.5 }
/** When a symbol was last heard of. Each new value says that every event up to then is in the picture. */
const QUERY = 'data_last_receive_timestamp_seconds{symbol="BTC/USDT"}'

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Prometheus as `infrastructure/prometheus` has it, as far as it matters here. */
const configuration = (ports: readonly number[]) => `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: planes
    static_configs: [{ targets: [${ports.map((port) => `'127.0.0.1:${port}'`).join(', ')}] }]
`

async function newest(prometheus: MonitoringServer): Promise<number | undefined> {
  const response = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(QUERY)}`)
  const { data } = (await response.json()) as {
    readonly data: { readonly result: readonly { value: [number, string] }[] }
  }
  const value = data.result[0]?.value[1]
  return value === undefined ? undefined : Number(value)
}

/** Times when the newest value changed, and to what, both in seconds. */
async function watch(prometheus: MonitoringServer): Promise<{ readonly seenAt: number; readonly value: number }[]> {
  const steps: { seenAt: number; value: number }[] = []
  for (const endMs = Date.now() + MEASURE_MS; Date.now() < endMs; await sleep(ASK_EVERY_MS)) {
    const value = await newest(prometheus)
    if (value !== undefined && value !== steps.at(-1)?.value) steps.push({ seenAt: Date.now() / 1000, value })
  }
  return steps
}

/** An event received between two values is queryable when the second is seen: so many of them at each age, evenly. */
function ages(steps: readonly { readonly seenAt: number; readonly value: number }[]): number[] {
  const PER_STEP = 100
  return steps
    .slice(1)
    .flatMap(({ seenAt, value }, i) => {
      const before = (steps[i] as { value: number }).value
      return Array.from({ length: PER_STEP }, (_, k) => seenAt - before - ((value - before) * (k + 1)) / PER_STEP)
    })
    .sort((a, b) => a - b)
}

buildApps('standalone')
const folder = mkdtempSync(join(tmpdir(), 'triplane-freshness-'))
const ports = [await freePort(), await freePort(), await freePort()]
const prometheus = await startPrometheus([{ target: '/etc/prometheus/prometheus.yml', content: configuration(ports) }])
const app = spawn(
  process.execPath,
  ['dist/apps/standalone/main.js', '--ports', ports.join(','), '--storage', 'off', '--var', folder],
  { stdio: 'ignore' },
)
try {
  await sleep(WARM_UP_MS)
  const steps = await watch(prometheus)
  const sorted = ages(steps)
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? NaN
  console.log(`From receipt to queryable in Prometheus, ${steps.length} scrapes seen in ${MEASURE_MS / 1000} s:`)
  for (const [name, value, limit] of [
    ['median', at(0.5), GOALS.medianSeconds],
    ['p99', at(0.99), GOALS.p99Seconds],
  ] as const) {
    console.log(`  ${value < limit ? 'met   ' : 'MISSED'}  ${name} ${value.toFixed(2)} s, below ${limit} s`)
    if (!(value < limit)) process.exitCode = 1
  }
} finally {
  app.kill()
  await prometheus.remove()
  rmSync(folder, { recursive: true, force: true })
}
