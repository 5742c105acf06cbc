// `npm run bench:freshness`: how old the picture is. Measures from the receipt of an event until a real Prometheus, which
// scrapes the three planes of the standalone app every second, returns it; and, in process, from a frame to its counters.
import { startPrometheus, type MonitoringServer } from '@triplane/testing/containers'
import { buildApps } from '../e2e/stack.ts'
import { StandaloneProcess } from '../e2e/standalone-process.ts'
import { reportFrameToCounter } from './frame-to-counter.ts'

const WARM_UP_MS = 20_000
const MEASURE_MS = 60_000
const ASK_EVERY_MS = 10
const GOALS = { medianSeconds: 1, p95Seconds: 1, p99Seconds: 1.5 }
/** The last receipt of an event of a symbol. Each new value shows that every event up to then is in the picture. */
const QUERY = 'data_last_receive_timestamp_seconds{exchange="sim",symbol="BTC/USDT"}'

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const configuration = (urls: readonly string[]) => `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - job_name: planes
    static_configs: [{ targets: [${urls.map((url) => `'${new URL(url).host}'`).join(', ')}] }]
`

async function newest(prometheus: MonitoringServer): Promise<number | undefined> {
  const response = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(QUERY)}`)
  const { data } = (await response.json()) as {
    readonly data: { readonly result: readonly { value: [number, string] }[] }
  }
  const value = data.result[0]?.value[1]
  return value === undefined ? undefined : Number(value)
}

/** The changes of the newest value: their time and the value, both in seconds. */
async function watch(prometheus: MonitoringServer): Promise<{ readonly seenAt: number; readonly value: number }[]> {
  const steps: { seenAt: number; value: number }[] = []
  for (const endMs = Date.now() + MEASURE_MS; Date.now() < endMs; await sleep(ASK_EVERY_MS)) {
    const value = await newest(prometheus)
    if (value !== undefined && value !== steps.at(-1)?.value) steps.push({ seenAt: Date.now() / 1000, value })
  }
  return steps
}

/** An event received between two values is queryable when the second is seen: `PER_STEP` ages per step, evenly spaced. */
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

await reportFrameToCounter()
buildApps('standalone')
const app = await StandaloneProcess.start(['--storage', 'off'])
const prometheus = await startPrometheus([
  { target: '/etc/prometheus/prometheus.yml', content: configuration(Object.values(app.urls)) },
])
try {
  await sleep(WARM_UP_MS)
  const steps = await watch(prometheus)
  const sorted = ages(steps)
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? NaN
  console.log(`From receipt to queryable in Prometheus, ${steps.length} scrapes seen in ${MEASURE_MS / 1000} s:`)
  for (const [name, value, limit] of [
    ['median', at(0.5), GOALS.medianSeconds],
    ['p95', at(0.95), GOALS.p95Seconds],
    ['p99', at(0.99), GOALS.p99Seconds],
  ] as const) {
    console.log(`  ${value < limit ? 'met   ' : 'MISSED'}  ${name} ${value.toFixed(2)} s, below ${limit} s`)
    if (!(value < limit)) process.exitCode = 1
  }
} finally {
  await Promise.all([app.stop(), prometheus.remove()])
}
