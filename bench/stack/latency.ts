import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { eagerStrategy, Stack } from '../../e2e/stack.ts'
import { print } from '../harness.ts'
import { bucketsOf, quantile } from './histogram.ts'
import { oneHop } from './one-hop.ts'

const WARM_UP_MS = 10_000
const MEASURE_MS = 15_000
/** Frames a second of the simulated market at speed 1. */
const SIMULATED_FRAMES = 260

/** Frame to order through the three processes at a rate of frames, then one hop of kafkajs with nothing else running. */
export async function latencyAt(brokers: string, rate: number): Promise<void> {
  const { frames, orders, p50, p99 } = await frameToOrder(brokers, rate)
  const hop = await oneHop(brokers, rate, { warmUpMs: WARM_UP_MS, measureMs: MEASURE_MS })
  const ms = (of: { readonly p50: number; readonly p99: number }) =>
    `p50 ${of.p50.toFixed(1)} ms, p99 ${of.p99.toFixed(1)} ms`
  print(`  ${rate}/s asked, ${Math.round(frames)} frames/s seen, ${orders} orders: frame to order ${ms({ p50, p99 })}`)
  print(`    one hop of kafkajs ${ms(hop)}; ratios ${(p50 / hop.p50).toFixed(1)} and ${(p99 / hop.p99).toFixed(1)}`)
}

async function frameToOrder(brokers: string, rate: number) {
  const speed = { TRIPLANE_SOURCE_SPEED: String(rate / SIMULATED_FRAMES) }
  const stack = await Stack.at(brokers, { ...eagerStrategy, TRIPLANE_KAFKA_MARKET_PARTITIONS: '1', ...speed })
  try {
    const runId = `bench${String(rate / 1000).padStart(3, '0')}`
    await stack.startRun({ runId, mode: 'live', venues: ['sim'], seed: 7 })
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
