import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel, Partitioners } from 'kafkajs'

/** Records of one request. */
const MAX_SEND = 500

/** Single records at this rate, one group per millisecond, open loop: milliseconds from send to arrival. */
export async function oneHop(
  brokers: string,
  rate: number,
  { warmUpMs, measureMs }: { readonly warmUpMs: number; readonly measureMs: number },
): Promise<{ readonly p50: number; readonly p99: number }> {
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
        if (nowMs - startMs > warmUpMs) latencies.push(nowMs - Number(value?.toString().slice(0, 20)))
    },
  })
  const pad = 'x'.repeat(180)
  const waiting: { value: string }[] = []
  let sending: Promise<unknown> | undefined
  const faults: unknown[] = []
  const flush = () => {
    if (sending || waiting.length === 0) return
    const messages = waiting.splice(0, MAX_SEND)
    const onFault = (fault: unknown) => void faults.push(fault)
    sending = producer
      .send({ topic, messages })
      .catch(onFault)
      .finally(() => {
        sending = undefined
        flush()
      })
  }
  let sent = 0
  while (performance.now() - startMs < warmUpMs + measureMs) {
    const due = Math.floor(((performance.now() - startMs) / 1000) * rate)
    for (; sent < due; sent++) waiting.push({ value: String(performance.now()).padEnd(20) + pad })
    flush()
    await sleep(1)
    if (faults.length > 0) throw faults[0]
  }
  // What waits was too much for the broker.
  waiting.length = 0
  await sending
  await sleep(500)
  await Promise.all([producer.disconnect(), consumer.disconnect()])
  latencies.sort((a, b) => a - b)
  const at = (share: number) => latencies[Math.floor(share * (latencies.length - 1))] ?? NaN
  return { p50: at(0.5), p99: at(0.99) }
}
