import { topics, type Event, type Topic } from '@triplane/contracts'
import { decodeRecord, readToEnd, type BusRecord, type KafkaBus } from '@triplane/messaging'
import { Kafka, logLevel, type KafkaMessage, type Message } from 'kafkajs'

/** A plain client, for what the bus does not allow. */
const rawClient = (brokers: string) =>
  new Kafka({ clientId: 'raw', brokers: [brokers], logLevel: logLevel.NOTHING, retry: { retries: 20 } })

/** Sends bytes that are not events to every topic. Returns the number of records. */
export async function poisonEveryTopic(brokers: string): Promise<number> {
  const producer = rawClient(brokers).producer()
  await producer.connect()
  const headers = { run: 'none', producer: 'poison', seq: '1', ts: '1' }
  const poisons = [
    { key: 'a', value: '{"type":"trade"', headers },
    { key: 'b', value: Buffer.from([0xff, 0x00, 0x80]), headers },
    { key: 'c', value: '{"type":"quote","seq":-1}', headers },
    { key: 'd', value: '[]' },
  ]
  for (const { name } of Object.values(topics)) await producer.send({ topic: name, messages: poisons })
  await producer.disconnect()
  return poisons.length * Object.keys(topics).length
}

/** Sends one record as it is. */
export async function sendRaw(brokers: string, { name }: Topic, message: Message): Promise<void> {
  const producer = rawClient(brokers).producer()
  await producer.connect()
  await producer.send({ topic: name, messages: [message] })
  await producer.disconnect()
}

/** Sends again, byte for byte, every record on `topic`. Returns their number. */
export async function sendAgain(brokers: string, { name }: Topic): Promise<number> {
  const client = rawClient(brokers)
  const [admin, consumer, producer] = [client.admin(), client.consumer({ groupId: `again-${name}` }), client.producer()]
  await Promise.all([admin.connect(), consumer.connect(), producer.connect()])
  const ends = new Map((await admin.fetchTopicOffsets(name)).map(({ partition, high }) => [partition, Number(high)]))
  const open = new Set([...ends].filter(([, end]) => end > 0).map(([partition]) => partition))
  const found: { readonly partition: number; readonly message: KafkaMessage }[] = []
  await consumer.subscribe({ topic: name, fromBeginning: true })
  await new Promise<void>((resolve) => {
    if (open.size === 0) return resolve()
    void consumer.run({
      eachMessage: async ({ partition, message }) => {
        const end = ends.get(partition) ?? 0
        if (Number(message.offset) < end) found.push({ partition, message })
        if (Number(message.offset) >= end - 1) open.delete(partition)
        if (open.size === 0) resolve()
      },
    })
  })
  await consumer.disconnect()
  const messages = found.map(({ partition, message: { key, value, headers } }) => ({
    partition,
    key,
    value,
    ...(headers && { headers }),
  }))
  for (let from = 0; from < messages.length; from += 500)
    await producer.send({ topic: name, messages: messages.slice(from, from + 500) })
  await Promise.all([admin.disconnect(), producer.disconnect()])
  return messages.length
}

/** Every event of a run on the topics, without deduplication. */
export async function readAll(
  bus: KafkaBus,
  read: readonly Topic[],
  runId: string,
): Promise<readonly { readonly record: BusRecord<Buffer>; readonly event: Event }[]> {
  const found: { record: BusRecord<Buffer>; event: Event }[] = []
  await readToEnd(bus, { group: `reader-${Math.random()}`, topics: read }, (record) => {
    const events = record.runId === runId ? decodeRecord(record) : undefined
    if (events?.ok) for (const event of events.value) found.push({ record, event })
  })
  return found
}
