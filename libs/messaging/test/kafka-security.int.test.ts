import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Signal } from '@triplane/async'
import { topics } from '@triplane/contracts'
import { systemClock } from '@triplane/kernel'
import {
  createAuthority,
  describeWithCertificates,
  startSecureKafka,
  type Authority,
  type CertificateFiles,
  type SecureKafka,
} from '@triplane/testing/containers'
import { createKafkaBus, type KafkaBus, type KafkaBusOptions, type KafkaTls } from '../src/index.ts'
import type { KafkaSasl } from '../src/kafka/kafka-options.ts'
import { collect, sendOrders } from './bus-contract.ts'
import { decodedConsumer } from './kafka-decoded.ts'

jest.setTimeout(120_000)

const text = (file: string) => readFileSync(file, 'utf8')
const pair = ({ certificateFile, keyFile }: CertificateFiles) => ({ cert: text(certificateFile), key: text(keyFile) })
const data = { name: 'data', runId: 'run-1' }
const strategy = { group: 'strategy', topics: [topics.orders], from: 'earliest' as const }

describeWithCertificates(['kafka'], 'a broker that asks who is there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'triplane-kafka-'))
  const user = { username: 'ada', password: randomBytes(16).toString('hex') }
  let ours: Authority
  let foreign: Authority
  let kafka: SecureKafka
  const buses: KafkaBus[] = []

  type Way = Pick<KafkaBusOptions, 'brokers' | 'tls' | 'sasl'>
  const trusting = ({ caFile }: Authority) => ({ ca: text(caFile) })
  const byPassword = (change: Partial<KafkaSasl> = {}, tls: KafkaTls = trusting(ours)): Way => ({
    brokers: [kafka.brokers],
    tls,
    sasl: { mechanism: 'scram-sha-512', ...user, ...change },
  })
  const byCertificate = (files?: CertificateFiles): Way => ({
    brokers: [kafka.mutualBrokers],
    tls: { ...trusting(ours), ...(files && pair(files)) },
  })

  async function connect(options: Way & Partial<KafkaBusOptions>): Promise<KafkaBus> {
    const topicPrefix = `${randomUUID().slice(0, 8)}.`
    const bus = await createKafkaBus({ clientId: 'test', nowUs: systemClock.nowUs, topicPrefix, ...options })
    buses.push(bus)
    return bus
  }

  beforeAll(async () => {
    ours = createAuthority(folder, 'ours')
    foreign = createAuthority(folder, 'foreign')
    kafka = await startSecureKafka(ours, user)
  }, 180_000)
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()))
  })
  afterAll(async () => {
    await kafka?.remove()
    rmSync(folder, { recursive: true })
  })

  it.each<[string, () => Way]>([
    ['a password by SCRAM-SHA-512', () => byPassword()],
    ['a password by PLAIN', () => byPassword({ mechanism: 'plain' })],
    ['a certificate', () => byCertificate(ours.issue('data-plane'))],
  ])('lets a client with %s produce and consume', async (_, way) => {
    const bus = await connect(way())
    const producer = bus.producer(data)
    sendOrders(producer, 'SPY', 1, 3)
    await producer.flush()
    const records = await collect(decodedConsumer(bus.consumer(strategy)), 3)
    expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3])
    await bus.ping()
  })

  it.each<[string, () => Way, string]>([
    [
      'a wrong password by SCRAM-SHA-512',
      () => byPassword({ password: 'guess' }),
      'to admit the user ada by SCRAM-SHA-512, was ".*invalid credentials.*"',
    ],
    [
      'a wrong password by PLAIN',
      () => byPassword({ mechanism: 'plain', password: 'guess' }),
      'to admit the user ada by PLAIN, was ".*Invalid username or password"',
    ],
    [
      'a user whom nobody knows',
      () => byPassword({ username: 'eve' }),
      'to admit the user eve by SCRAM-SHA-512, was ".*invalid credentials.*"',
    ],
    [
      'a mechanism that the broker does not know',
      () => byPassword({ mechanism: 'scram-sha-256' }),
      'to admit the user ada by SCRAM-SHA-256, was ".*does not support.*mechanism"',
    ],
    [
      'another authority',
      () => byPassword({}, trusting(foreign)),
      'to show a certificate of its name by the given authority, was ".*certificate.*"',
    ],
    [
      'no authority but those of the machine',
      () => byPassword({}, {}),
      'to show a certificate of its name by an authority that this machine trusts, was ".*certificate.*"',
    ],
    [
      'another name of the broker',
      () => byPassword({}, { ...trusting(ours), servername: 'elsewhere' }),
      'to show a certificate of its name by the given authority, was ".*elsewhere.*"',
    ],
    [
      'no certificate where one is asked for',
      () => byCertificate(),
      'to take us without a certificate, was ".*certificate.*"',
    ],
    [
      'a certificate of another authority',
      () => byCertificate(foreign.issue('data-plane')),
      'to take our certificate, was ".*certificate.*"',
    ],
  ])('refuses or is refused, without retries: %s', async (_, way, message) => {
    const refused = connect(way())
    await expect(refused).rejects.toMatchObject({ code: 'not_authenticated', retryable: false })
    await expect(refused).rejects.toThrow(new RegExp(`^Expected Kafka at 127\\.0\\.0\\.1:\\d+ ${message}$`))
    await expect(refused).rejects.not.toThrow(user.password)
  })

  it.each<[string, 'tls' | 'sasl']>([
    ['TLS', 'tls'],
    ['a user', 'sasl'],
  ])('disconnects a client without %s, and the reason is reported', async (_, without) => {
    const { [without]: _left, ...way } = byPassword()
    const refused = connect({ ...way, connectTimeoutMs: 1000 })
    await expect(refused).rejects.toMatchObject({ code: 'unreachable', retryable: true })
    await expect(refused).rejects.toThrow(/was "(Closed connection|the connection was closed)"$/)
  })

  it('loses nothing of a client that keeps retrying while the password differs, and reports it', async () => {
    const missing = new Set(['a producer could not connect', 'a consumer could not start'])
    const warnings = new Set<string>()
    const told = new Signal()
    const bus = await connect({
      ...byPassword(),
      onLog(level, message) {
        if (level === 'warn') warnings.add(message)
        if (missing.delete(message) && missing.size === 0) told.raise()
      },
    })
    const bothTold = told.raised()
    await kafka.setPassword('another')
    const producer = bus.producer(data)
    const consumer = decodedConsumer(bus.consumer(strategy))
    sendOrders(producer, 'SPY', 1, 3)
    await bothTold
    expect([...warnings].filter((message) => message.includes('invalid credentials'))).not.toEqual([])
    expect(producer.buffered).toBe(3)
    await kafka.setPassword(user.password)
    expect((await collect(consumer, 3)).map(({ seq }) => seq)).toEqual([1, 2, 3])
  })
})
