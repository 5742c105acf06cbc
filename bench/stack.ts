// `npm run bench:stack`: the three processes over a Kafka in a container, beside one hop of kafkajs alone.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { startKafka } from '@triplane/testing/containers'
import { buildApps, eagerStrategy, runOf, Stack, until } from '../e2e/stack.ts'

const WARM_UP_MS = 10_000
const MEASURE_MS = 15_000
/** Frames a second of the simulated market at speed 1. */
const SIMULATED_FRAMES = 400
const RATES = [1_000, 5_000, 20_000]

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Cumulative counts of a histogram by upper bound, its series added up. */
function bucketsOf(text: string, name: string): Map<number, number> {
  const buckets = new Map<number, number>()
  for (const line of text.split('\n')) {
    const match = new RegExp(`^${name}_bucket\\{.*le="([^"]+)".*\\} (\\d+)`).exec(line)
    if (!match) continue
    const bound = match[1] === '+Inf' ? Infinity : Number(match[1])
    buckets.set(bound, (buckets.get(bound) ?? 0) + Number(match[2]))
  }
  return buckets
}

/** The bound below which a share of what came between two scrapes lies. */
function quantile(before: Map<number, number>, after: Map<number, number>, share: number): number {
  const counts = [...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)] as const)
  const total = Math.max(...counts.map(([, count]) => count))
  return counts.find(([, count]) => count >= share * total)?.[0] ?? NaN
}

/** Single records, one a millisecond in groups of the rate, open loop: milliseconds from send to arrival. */
async function oneHop(brokers: string, rate: number): Promise<{ p50: number; p99: number }> {
  const client = new Kafka({ clientId: 'hop', brokers: [brokers], logLevel: logLevel.NOTHING })
  const topic = `hop-${rate}`
  const admin = client.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
  await admin.disconnect()
  const producer = client.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  const consumer = client.consumer({ groupId: topic, maxWaitTimeInMs: 100 })
  await Promise.all([producer.connect(), consumer.connect()])
  await consumer.subscribe({ topic, fromBeginning: true })
  const latencies: number[] = []
  const startMs = performance.now()
  await consumer.run({
    eachBatch: async ({ batch }) => {
      const nowMs = performance.now()
      for (const { value } of batch.messages)
        if (nowMs - startMs > WARM_UP_MS) latencies.push(nowMs - Number(value?.toString().slice(0, 20)))
    },
  })
  const pad = 'x'.repeat(180)
  let waiting: { value: string }[] = []
  let sending: Promise<unknown> | undefined
  const flush = () => {
    if (sending || waiting.length === 0) return
    const messages = waiting
    waiting = []
    sending = producer.send({ topic, messages }).finally(() => {
      sending = undefined
      flush()
    })
  }
  let sent = 0
  while (performance.now() - startMs < WARM_UP_MS + MEASURE_MS) {
    const due = Math.floor(((performance.now() - startMs) / 1000) * rate)
    for (; sent < due; sent++) waiting.push({ value: String(performance.now()).padEnd(20) + pad })
    flush()
    await sleep(1)
  }
  await sleep(500)
  await Promise.all([producer.disconnect(), consumer.disconnect()])
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.floor(share * (latencies.length - 1))] ?? NaN
  return { p50: at(0.5), p99: at(0.99) }
}

async function latencyAt(brokers: string, rate: number): Promise<void> {
  const stack = await Stack.at(brokers, { ...eagerStrategy, TRIPLANE_SOURCE_SPEED: String(rate / SIMULATED_FRAMES) })
  try {
    await stack.startRun({
      runId: `bench${String(rate / 1000).padStart(3, '0')}`,
      mode: 'live',
      venues: ['sim'],
      seed: 7,
    })
    stack.start()
    await until('the run under way', async () => ((await runOf(stack.order))?.events['fill'] ?? 0) > 0, 60_000)
    await sleep(WARM_UP_MS)
    const framesIn = async () => (await stack.data.get<{ framesIn: number }>('/status/run'))?.framesIn ?? 0
    const [before, framesBefore] = [
      bucketsOf(await stack.order.metrics(), 'triplane_tick_to_order_seconds'),
      await framesIn(),
    ]
    await sleep(MEASURE_MS)
    const [after, frames] = [bucketsOf(await stack.order.metrics(), 'triplane_tick_to_order_seconds'), await framesIn()]
    const ms = (share: number) => quantile(before, after, share) * 1000
    const hop = await oneHop(brokers, rate)
    const orders = (after.get(Infinity) ?? 0) - (before.get(Infinity) ?? 0)
    console.log(
      `${rate}/s asked, ${Math.round((frames - framesBefore) / (MEASURE_MS / 1000))} frames/s seen, ${orders} orders: ` +
        `frame to order p50 <= ${ms(0.5).toFixed(1)} ms, p99 <= ${ms(0.99).toFixed(1)} ms; ` +
        `one hop of kafkajs p50 ${hop.p50.toFixed(1)} ms, p99 ${hop.p99.toFixed(1)} ms; ` +
        `ratios ${(ms(0.5) / hop.p50).toFixed(1)} and ${(ms(0.99) / hop.p99).toFixed(1)}`,
    )
  } finally {
    await stack.remove()
  }
}

async function throughput(brokers: string, folder: string): Promise<void> {
  const capture = `${folder}/binance_ws_20240808/usdm_btcusdt_20240808.gz`
  const stack = await Stack.at(brokers, {
    ...eagerStrategy,
    TRIPLANE_VENUES: 'binance_usdm',
    TRIPLANE_SOURCE_KIND: 'capture',
    TRIPLANE_SOURCE_CAPTURE: capture,
    TRIPLANE_SOURCE_SPEED: 'max',
  })
  try {
    stack.start()
    await until('planes up', async () =>
      (await Promise.all(stack.planes.map(runOf))).every((run) => run?.phase !== 'connecting'),
    )
    await stack.startRun({ runId: 'bench000', mode: 'live', venues: ['binance_usdm'] })
    const startMs = performance.now()
    const end = await until(
      'the feed at its end',
      async () => {
        const run = await stack.data.get<{ isFinal: boolean; framesIn: number; marketUs: number }>('/status/run')
        return run?.isFinal && run
      },
      120_000,
    )
    await until(
      'the others at its end',
      async () => {
        const runs = await Promise.all([stack.strategy, stack.order].map(runOf))
        return runs.every((run) => (run?.marketUs ?? 0) >= end.marketUs)
      },
      120_000,
    )
    const seconds = (performance.now() - startMs) / 1000
    console.log(
      `${end.framesIn} frames through three processes and Kafka in ${seconds.toFixed(1)} s, from the start of the run on: ` +
        `${Math.round(end.framesIn / seconds)} frames/s`,
    )
  } finally {
    await stack.remove()
  }
}

buildApps('data-plane', 'strategy-plane', 'order-plane')
const kafka = await startKafka()
try {
  const folder = join(process.cwd(), process.env['TRIPLANE_DATA'] ?? '../shared/data')
  if (!existsSync(folder)) console.log(`throughput: not run: no recorded data in ${folder}`)
  else await throughput(kafka.brokers, folder)
  for (const rate of RATES) await latencyAt(kafka.brokers, rate)
} finally {
  await kafka.remove()
}
