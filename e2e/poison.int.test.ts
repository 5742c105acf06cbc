import { randomBytes, randomUUID } from 'node:crypto'
import { hashToken } from '@triplane/control'
import { topics, wire } from '@triplane/contracts'
import { describeWithDocker, startKafka, startPostgres } from '@triplane/testing/containers'
import { examples } from '@triplane/testing'
import { Kafka, logLevel, type Message } from 'kafkajs'
import { foreignCodecs, installForeignCodecs } from '../libs/messaging/test/storing-codecs.ts'
import { poisonEveryTopic } from './raw-kafka.ts'
import { buildApps, eagerStrategy, ordersOf, runOf, Stack, until } from './stack.ts'

const runId = 'e2epoi01'
/** The headers of somebody who writes to this run. */
const headers = { run: runId, producer: 'someone', seq: '7', ts: '1723127400000000' }
const quote = JSON.stringify(examples.quote)
const version = Buffer.from(wire.encodeRecord([examples.quote]))
version[25] = 99

/** What anybody may write to any topic. */
const poisons: Readonly<Record<string, Message>> = {
  junk: { value: randomBytes(500), headers },
  NULs: { key: '\0'.repeat(200_000), value: Buffer.alloc(200_000), headers },
  empty: { key: 'k', value: '', headers },
  'a null value': { key: 'k', value: null, headers },
  'no headers': { key: 'k', value: quote },
  '10,000 headers': {
    ...{ key: 'k', value: quote },
    headers: { ...Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`h${i}`, 'x'])), ...headers },
  },
  'a header twice': { key: 'k', value: quote, headers: { ...headers, run: [runId, runId] } },
  'too large': { key: 'k', value: Buffer.alloc(900_000, 'x'), headers },
  cut: { key: 'k', value: wire.encodeRecord([examples.quote]).subarray(0, 60), headers },
  'another version': { key: 'k', value: version, headers },
  'another type': { key: 'k', value: JSON.stringify({ type: 'surprise', seq: 1 }), headers },
  'another run': { key: 'k', value: quote, headers: { ...headers, run: 'another' } },
  '200,000 nested brackets': { key: 'k', value: '['.repeat(200_000) + ']'.repeat(200_000), headers },
  ['__proto__']: { key: 'k', value: quote.replace('{', '{"__proto__":{"type":"run"},'), headers },
  '1e400': { key: 'k', value: quote.replace(/"bid":[^,]+/, '"bid":1e400'), headers },
}

describeWithDocker(['kafka', 'timescale'], 'whatever a topic holds', () => {
  const token = randomBytes(32).toString('base64url')
  let kafka: Awaited<ReturnType<typeof startKafka>>
  let postgres: Awaited<ReturnType<typeof startPostgres>>
  let stack: Stack
  let client: Kafka

  beforeAll(async () => {
    buildApps('data-plane', 'strategy-plane', 'order-plane')
    installForeignCodecs()
    ;[kafka, postgres] = await Promise.all([startKafka(), startPostgres('timescale')])
    client = new Kafka({
      clientId: 'raw',
      brokers: [kafka.brokers],
      logLevel: logLevel.NOTHING,
      retry: { retries: 30 },
    })
    stack = await Stack.at(kafka.brokers, {
      ...eagerStrategy,
      DATABASE_URL: postgres.url,
      TRIPLANE_OPERATOR_TOKENS: `ada:${hashToken(token)}`,
      TRIPLANE_AUDIT_KEY: randomBytes(32).toString('hex'),
    })
    await stack.startRun({ runId, mode: 'live', venues: ['sim'], seed: 5 })
    // What is there at the start is read to its end.
    await poisonEveryTopic(kafka.brokers)
    stack.start()
    await stack.traded()
  }, 300_000)

  afterAll(async () => {
    await stack.remove()
    await Promise.all([kafka.remove(), postgres.remove()])
  }, 60_000)

  async function post(path: string, body: object): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    })
    return (await response.json()) as Readonly<Record<string, unknown>>
  }
  const command = (name: string) => post(`${stack.order.url}/control/${name}`, { why: 'exercise' })

  /** Sends with a producer of kafkajs'. */
  async function send(act: (producer: ReturnType<Kafka['producer']>) => Promise<void>): Promise<void> {
    const producer = client.producer({ allowAutoTopicCreation: false })
    await producer.connect()
    await act(producer)
    await producer.disconnect()
  }

  /** The planes answer, take a halt and a resume, and market time goes on in each. */
  async function goesOn(): Promise<void> {
    for (const plane of stack.planes) {
      const response = await fetch(`${plane.url}/health`, { signal: AbortSignal.timeout(10_000) })
      expect([plane.name, typeof response.status]).toEqual([plane.name, 'number'])
    }
    expect(await command('halt')).toMatchObject({ accepted: true, tradingState: 'halted' })
    await until('a resume accepted', async () => (await command('resume'))['accepted'] === true)
    for (const plane of stack.planes) {
      const before = (await runOf(plane))?.marketUs ?? Infinity
      await until(`${plane.name} goes on`, async () => ((await runOf(plane))?.marketUs ?? 0) > before)
      expect((await runOf(plane))?.phase).toBe('running')
    }
  }

  it.each(Object.entries(poisons))(
    'the planes go on: %s',
    async (_, message) => {
      await send(async (producer) => {
        for (const { name } of Object.values(topics)) {
          // A compacted topic takes no record without a key; to find a partition by one of 200,000 bytes takes kafkajs a minute.
          const keyed = { ...message, key: message.key ?? 'k', partition: 0 }
          await producer.send({ topic: name, messages: [keyed, keyed] })
        }
      })
      await goesOn()
    },
    120_000,
  )

  it('the planes go on: batches in every codec, and an open transaction', async () => {
    const message = { key: 'k', value: quote, headers }
    await send(async (producer) => {
      for (const { name } of Object.values(topics))
        for (const compression of Object.values(foreignCodecs))
          await producer.send({ topic: name, compression, messages: [message] })
    })
    const producer = client.producer({ transactionalId: randomUUID(), maxInFlightRequests: 1 })
    await producer.connect()
    const transaction = await producer.transaction()
    for (const { name } of Object.values(topics)) await transaction.send({ topic: name, messages: [message] })
    await goesOn()
    await transaction.abort()
    await producer.disconnect()
    await goesOn()
  }, 120_000)

  it('starts again with all of that on its topics', async () => {
    await Promise.all(stack.planes.map((plane) => plane.kill()))
    stack.start()
    await until('the planes ready', async () => {
      const runs = await Promise.all(stack.planes.map(runOf))
      return runs.every((run) => run?.isReady)
    })
    await goesOn()
  }, 180_000)

  it.each([
    { topic: topics.orders, producer: 'order-plane', suspended: ['strategy'] },
    { topic: topics.intents, producer: 'strategy-plane', suspended: ['order'] },
    { topic: topics.commands, producer: 'order-plane.edge', suspended: ['strategy', 'order'] },
  ] as const)(
    'an unreadable record of the owner on $topic.name suspends who reads it, halted, until it is skipped',
    async ({ topic, producer: owner, suspended }) => {
      let offset = -1
      await send(async (producer) => {
        const messages = [{ key: 'k', partition: 0, value: version, headers: { ...headers, producer: owner } }]
        const [sent] = await producer.send({ topic: topic.name, messages })
        offset = Number(sent?.baseOffset)
      })
      for (const plane of suspended) {
        const run = await until(`the ${plane} plane suspended`, async () => {
          const seen = await runOf(stack[plane])
          return seen?.phase === 'suspended' && seen
        })
        expect(run.why).toContain(`triplane topic skip ${topic.name} 0 ${offset} --why`)
        expect((await fetch(`${stack[plane].url}/health`)).status).toBe(503)
      }
      expect(await command('halt')).toMatchObject({ accepted: true, tradingState: 'halted' })
      const place = { topic: topic.name, partition: 0, offset, why: 'exercise' }
      for (const plane of suspended) {
        expect(await post(`${stack[plane].url}/control/skip`, { ...place, offset: offset + 1 })).toMatchObject({
          accepted: false,
        })
        // A restart before it is skipped changes nothing.
        await stack[plane].kill()
        stack[plane].start()
        await until('suspended again', async () => (await runOf(stack[plane]))?.phase === 'suspended')
        await until('the skip accepted', async () => {
          const answer = await post(`${stack[plane].url}/control/skip`, place)
          return answer['accepted'] === true
        })
      }
      for (const plane of suspended)
        await until('the same run goes on', async () => {
          const run = await runOf(stack[plane])
          return run?.isReady === true && run.runId === runId
        })
      await until('halted', async () => (await ordersOf(stack.order))?.tradingState === 'halted')
      // A plane that is suspended halts the others too, and one that has just started may read so after a first resume.
      await until('active', async () => {
        await command('resume')
        return (await ordersOf(stack.order))?.tradingState === 'active'
      })
      // It is remembered across restarts.
      for (const plane of suspended) {
        await stack[plane].kill()
        stack[plane].start()
        await until('ready', async () => (await runOf(stack[plane]))?.isReady)
      }
      await goesOn()
    },
    240_000,
  )
})
