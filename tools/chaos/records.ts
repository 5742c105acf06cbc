import { topics, wire, type Event, type Topic } from '@triplane/contracts'
import { systemClock } from '@triplane/kernel'
import { examples } from '@triplane/testing'
import kafkajs from 'kafkajs'
import type { ChaosStack } from './chaos-stack.ts'

const US_A_YEAR = 365 * 24 * 3600 * 1_000_000
/** Far beyond what any producer has reached. */
const FAR_SEQ = 2 ** 53 - 2
const MANY_NULS = 200_000

interface Sent {
  readonly topic: Topic
  readonly key: string
  readonly value: Buffer | null
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends to every topic what no owner of it would say. Returns the number of records. */
export async function poison(stack: ChaosStack): Promise<number> {
  const values = [
    Buffer.from('{"type":"trade"'),
    Buffer.from([0xff, 0x00, 0x80]),
    Buffer.alloc(0),
    Buffer.alloc(MANY_NULS),
    Buffer.from('['.repeat(MANY_NULS)),
    Buffer.from('{"__proto__":{"type":"quote"},"seq":1e400}'),
  ]
  const all: readonly Topic[] = Object.values(topics)
  const junk = all.flatMap((topic) => values.map((value): Sent => ({ topic, key: 'poison', value })))
  return send(stack, junk)
}

/** Sends, as a user who may write anything, what planes must not believe. Returns the number of records. */
export async function forge(stack: ChaosStack): Promise<number> {
  const nowUs = systemClock.nowUs()
  const run = (await stack.runId()) ?? 'none'
  const by = (topic: Topic, producer: string, event: Event): Sent => ({
    topic,
    key: 'chaos',
    value: wire.encodeRecord([event]),
    headers: { run, producer, seq: String(event.seq), ts: String(nowUs) },
  })
  const { quote, orderIntent, fill, operatorCommand } = examples
  const never = `never-${nowUs}`
  return send(stack, [
    by(topics.market, 'data-plane', { ...quote, seq: FAR_SEQ - 1, tsRecvUs: nowUs + US_A_YEAR }),
    by(topics.intents, 'strategy-plane', { ...orderIntent, seq: FAR_SEQ, intentId: never, effectUs: nowUs }),
    by(topics.fills, 'order-plane', { ...fill, seq: FAR_SEQ, fillId: never, intentId: never, effectUs: nowUs }),
    by(topics.commands, 'somebody', { ...operatorCommand, seq: 1, command: 'resume', effectUs: nowUs }),
    by(topics.commands, 'somebody', { ...operatorCommand, seq: 2, command: 'rearm', effectUs: nowUs }),
    { topic: topics.killSwitch, key: 'manual', value: null },
  ])
}

/** Sends as the user that sets the broker up; at an open broker as nobody. */
async function send(stack: ChaosStack, records: readonly Sent[]): Promise<number> {
  const password = stack.secret('kafka', 'kafka-setup-password')
  const kafka = new kafkajs.Kafka({
    clientId: 'chaos',
    brokers: [stack.brokers],
    ...(password && { sasl: { mechanism: 'plain', username: 'setup', password } }),
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 10 },
  })
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  await producer.connect()
  try {
    let taken = 0
    for (const { topic, key, value, headers = {} } of records) {
      // What the broker refuses (a null value, where it compacts none) has done no harm.
      const sent = await producer
        .send({ topic: topic.name, messages: [{ key, value, headers: { ...headers } }] })
        .catch(() => [])
      taken += sent.length
    }
    return taken
  } finally {
    await producer.disconnect()
  }
}
