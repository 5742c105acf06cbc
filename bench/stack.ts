// `npm run bench:stack`: the three processes over a Kafka in a container, compared with one hop of kafkajs alone.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import { US_PER_SECOND } from '@triplane/kernel'
import { startKafka } from '@triplane/testing/containers'
import type { PlaneProcess } from '../e2e/plane-process.ts'
import { buildApps, eagerStrategy, runOf, Stack, until } from '../e2e/stack.ts'

const WARM_UP_MS = 10_000
const MEASURE_MS = 15_000
const WARM_UP_RUNS = 4
const RUNS = 3
/** Frames a second of the simulated market at speed 1. */
const SIMULATED_FRAMES = 260
/** Records of one request of the hop. */
const MAX_SEND = 500
const RATES = [1_000, 5_000, 20_000]
/** One partition per topic, the default. */
const settings = { ...eagerStrategy, TRIPLANE_KAFKA_MARKET_PARTITIONS: '1' }

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Cumulative counts of a histogram by upper bound, summed over its series. */
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

/** The quantile of the observations between two scrapes, computed like `histogram_quantile`: linear within a bucket. */
function quantile(before: Map<number, number>, after: Map<number, number>, share: number): number {
  const counts = [...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)] as const)
  const wanted = share * Math.max(...counts.map(([, count]) => count))
  let [from, under] = [0, 0]
  for (const [bound, count] of counts) {
    if (count >= wanted) return bound === Infinity ? from : from + ((bound - from) * (wanted - under)) / (count - under)
    ;[from, under] = [bound, count]
  }
  return NaN
}

/** Single records at this rate, one group per millisecond, open loop: milliseconds from send to arrival. */
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
  const waiting: { value: string }[] = []
  let sending: Promise<unknown> | undefined
  const flush = () => {
    if (sending || waiting.length === 0) return
    const messages = waiting.splice(0, MAX_SEND)
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

/** Frame to order through the three processes, then one hop with nothing else running. */
async function latencyAt(brokers: string, rate: number): Promise<void> {
  const { frames, orders, p50, p99 } = await frameToOrder(brokers, rate)
  const hop = await oneHop(brokers, rate)
  console.log(
    `${rate}/s asked, ${Math.round(frames)} frames/s seen, ${orders} orders: ` +
      `frame to order p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; ` +
      `one hop of kafkajs p50 ${hop.p50.toFixed(1)} ms, p99 ${hop.p99.toFixed(1)} ms; ` +
      `ratios ${(p50 / hop.p50).toFixed(1)} and ${(p99 / hop.p99).toFixed(1)}`,
  )
}

async function frameToOrder(brokers: string, rate: number) {
  const stack = await Stack.at(brokers, { ...settings, TRIPLANE_SOURCE_SPEED: String(rate / SIMULATED_FRAMES) })
  try {
    await stack.startRun({
      runId: `bench${String(rate / 1000).padStart(3, '0')}`,
      mode: 'live',
      venues: ['sim'],
      seed: 7,
    })
    stack.start()
    await stack.traded()
    await sleep(WARM_UP_MS)
    const framesIn = async () => (await stack.data.get<{ framesIn: number }>('/status/run'))?.framesIn ?? 0
    const buckets = async () => bucketsOf(await stack.order.metrics(), 'triplane_tick_to_order_seconds')
    const [before, framesBefore, startMs] = [await buckets(), await framesIn(), performance.now()]
    await sleep(MEASURE_MS)
    const [after, framesAfter] = [await buckets(), await framesIn()]
    return {
      frames: (framesAfter - framesBefore) / ((performance.now() - startMs) / 1000),
      orders: (after.get(Infinity) ?? 0) - (before.get(Infinity) ?? 0),
      p50: quantile(before, after, 0.5) * 1000,
      p99: quantile(before, after, 0.99) * 1000,
    }
  } finally {
    await stack.remove()
  }
}

/** Microseconds of CPU that a plane's process has used. */
async function cpuUs(plane: PlaneProcess): Promise<number> {
  const seconds = /^process_cpu_seconds_total\{.*\} (\S+)/m.exec(await plane.metrics())?.[1]
  return Number(seconds) * 1e6
}

/** Replays a capture at full speed, run after run: the first ones warm up. Live runs, so no plane waits for another. */
async function throughput(brokers: string, folder: string): Promise<void> {
  const stack = await Stack.at(brokers, {
    ...settings,
    TRIPLANE_VENUES: 'binance_usdm',
    TRIPLANE_SOURCE_KIND: 'capture',
    TRIPLANE_SOURCE_CAPTURE: `${folder}/binance_ws_20240808/usdm_btcusdt_20240808.gz`,
    TRIPLANE_SOURCE_SPEED: 'max',
  })
  const rates: number[] = []
  try {
    stack.start()
    for (let n = 0; n < WARM_UP_RUNS + RUNS; n++) {
      const runId = `bench00${n}`
      await stack.startRun({ runId, mode: 'live', venues: ['binance_usdm'] })
      await until(`run ${runId} under way`, async () => {
        const runs = await Promise.all(stack.planes.map(runOf))
        return runs.every((run) => run?.runId === runId) && (runs[0]?.marketUs ?? 0) > 0
      })
      const startMs = performance.now()
      const framesIn = async () => (await stack.data.get<{ framesIn: number }>('/status/run'))?.framesIn ?? 0
      const framesBefore = await framesIn()
      const cpuBefore = await Promise.all(stack.planes.map(cpuUs))
      const end = await until('the feed at its end', async () => {
        const run = await runOf(stack.data)
        return run?.isFinal && run
      })
      // Leaves out the last second of market time: after the last frame it passes by the clock.
      await until('the others at its end', async () => {
        const runs = await Promise.all([stack.strategy, stack.order].map(runOf))
        return runs.every((run) => (run?.marketUs ?? 0) >= end.marketUs - US_PER_SECOND)
      })
      const seconds = (performance.now() - startMs) / 1000
      const frames = (await framesIn()) - framesBefore
      const rate = frames / seconds
      const cpu = (await Promise.all(stack.planes.map(cpuUs))).map((us, i) => (us - (cpuBefore[i] as number)) / frames)
      const costs = stack.planes.map(({ name }, i) => `${name} ${cpu[i]?.toFixed(1)} us`).join(', ')
      console.log(
        `  ${n < WARM_UP_RUNS ? 'warm-up' : 'run'}: ${Math.round(rate)} frames/s over ${seconds.toFixed(1)} s; CPU a frame: ${costs}`,
      )
      if (n >= WARM_UP_RUNS) rates.push(rate)
    }
  } finally {
    await stack.remove()
  }
  const middle = rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)] ?? NaN
  console.log(`frames through three processes and Kafka: ${Math.round(middle)}/s, the median of ${rates.length} runs`)
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
