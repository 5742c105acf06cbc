// `npm run bench:stack [-- direct|published ...]`: the three processes over a Kafka in a container, compared with one hop of
// kafkajs alone; the broker is reached at the container's own address, and then at the port that Docker publishes.
import { startKafka, startKafkaAtContainer } from '@triplane/testing/containers'
import { buildApps } from '../e2e/stack.ts'
import { print } from './harness.ts'
import { latencyAt } from './stack/latency.ts'
import { repeatedCapture, throughput } from './stack/throughput.ts'

const RATES = [1_000, 5_000, 20_000]
const ways = {
  direct: { name: "the container's address, without Docker's proxy", start: startKafkaAtContainer },
  published: { name: "a published port, through Docker's proxy", start: () => startKafka() },
} as const

const wanted = process.argv.slice(2)
const capture = await repeatedCapture()
if (capture === undefined) print('throughput: not run, no recorded data; TRIPLANE_DATA names its folder')
buildApps('data-plane', 'strategy-plane', 'order-plane')
try {
  for (const [way, { name, start }] of Object.entries(ways)) {
    if (wanted.length > 0 && !wanted.includes(way)) continue
    await attempt(`The broker at ${name}`, async () => {
      const kafka = await start()
      print(`\nThe broker at ${name}: ${kafka.brokers}`)
      try {
        if (capture) await attempt('throughput', () => throughput(kafka, capture.file))
        for (const rate of RATES) await attempt(`latency at ${rate}/s`, () => latencyAt(kafka.brokers, rate))
      } finally {
        await kafka.remove()
      }
    })
  }
} finally {
  capture?.remove()
}

/** Does a part of the bench. When it fails, says so, goes on with the next and exits with 1 at the end. */
async function attempt(what: string, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    print(`  FAILED  ${what}: ${error instanceof Error ? `${error.message}${causeOf(error)}` : String(error)}`)
    process.exitCode = 1
  }
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error ? ` (${cause.message})` : ''
}
