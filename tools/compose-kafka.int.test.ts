import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { topics, type Topic } from '@triplane/contracts'
import { systemClock } from '@triplane/kernel'
import { createKafkaBus } from '@triplane/messaging'
import { startRun } from '@triplane/service'
import { describeWithDocker, freePort, images } from '@triplane/testing/containers'
import kafkajs, { type KafkaConfig } from 'kafkajs'
import { kafkaUsers, rightsOf } from '../libs/messaging/src/kafka/rights.ts'
import { ComposeProject, docker, eventually } from './compose-project.ts'

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, Kafka, logLevel, ResourcePatternTypes } = kafkajs

jest.setTimeout(600_000)

type User = (typeof kafkaUsers)[number]
const all: readonly Topic[] = Object.values(topics)
const root = join(__dirname, '..')
const RUN = '0a1b2c3d'

/** Kafka as the stack had it before it asked who is there. */
const OPEN = {
  KAFKA_NODE_ID: '1',
  KAFKA_PROCESS_ROLES: 'broker,controller',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
  KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_INTER_BROKER_LISTENER_NAME: 'NETWORK',
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,NETWORK:PLAINTEXT,HOST:PLAINTEXT',
  KAFKA_LISTENERS: 'NETWORK://:9092,CONTROLLER://localhost:9093,HOST://:9094',
  KAFKA_LOG_DIRS: '/var/lib/kafka/data',
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_HEAP_OPTS: '-Xms128m -Xmx384m',
}

describeWithDocker(['kafka', 'timescale', 'redis'], 'Kafka of the compose stack', () => {
  let port: number
  let project: ComposeProject
  let passwords: ReadonlyMap<string, string>

  const brokers = () => [`127.0.0.1:${port}`]
  const sasl = (username: string, password = passwords.get(username) ?? '') =>
    username === 'setup'
      ? ({ mechanism: 'plain', username, password } as const)
      : ({ mechanism: 'scram-sha-512', username, password } as const)
  const client = (login: KafkaConfig['sasl']) =>
    new Kafka({
      clientId: 'test',
      brokers: brokers(),
      ...(login && { sasl: login }),
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 100, retries: 2 },
    })
  const up = () => {
    project.run('up', '--detach', '--build', 'kafka-rights')
    expect(docker('wait', `${project.name}-kafka-rights-1`).stdout).toBe('0\n')
  }
  const topicsSeenBy = async (login: KafkaConfig['sasl']) => {
    const admin = client(login).admin()
    try {
      await admin.connect()
      return await admin.listTopics()
    } finally {
      await admin.disconnect()
    }
  }
  const prepare = () => project.run('run', '--rm', '--no-TTY', 'kafka-rights').trim()

  beforeAll(async () => {
    port = await freePort()
    project = new ComposeProject(`triplane-kafka-${process.pid}`, { KAFKA_PORT: String(port) })
    await fillByOpenKafka(project.name, port)
    up()
    const script = 'cd /secrets/kafka && for file in *-password; do echo "$file $(cat $file)"; done'
    const lines = project.run('run', '--rm', '--no-TTY', '--entrypoint=sh', 'secrets', '-c', script).trim().split('\n')
    passwords = new Map(
      lines.map((line) => {
        const [file = '', password = ''] = line.split(' ')
        const user = file === 'kafka-password' ? 'cli' : file.replace(/^kafka-|-kafka-password$|-password$/g, '')
        return [user, password] as const
      }),
    )
  })
  afterAll(() => project.remove())

  it('keeps the topics and records of a stack that asked nobody', () => {
    expect([...passwords.keys()].sort()).toEqual([...kafkaUsers, 'broker', 'setup'].sort())
    const listed = project.run('run', '--rm', '--no-TTY', 'cli', 'run', 'list', '--json')
    expect(JSON.parse(listed)).toMatchObject({ runs: [{ runId: RUN }] })
  })

  it('has the rights that the definitions say, and no other', async () => {
    expect((await rightsAt(client(sasl('setup')))).sort()).toEqual(
      rightsOf()
        .map(({ user, on, name, may }) => `${user} ${on} ${name} ${may}`)
        .sort(),
    )
  })

  it.each(kafkaUsers)('lets %s write to the topics that it owns, and to no other', async (user) => {
    const producer = client(sasl(user)).producer({ allowAutoTopicCreation: false })
    await producer.connect()
    const outcomes: Record<string, string> = {}
    for (const { name } of all)
      outcomes[name] = await outcomeOf(producer.send({ topic: name, messages: [{ key: 'x', value: 'x' }] }))
    await producer.disconnect()
    const isOwner = ({ writers }: Topic) =>
      writers.some(
        (party) => party === user || party === `${user}.edge` || (user === 'cli' && party === 'command-line'),
      )
    expect(outcomes).toEqual(
      Object.fromEntries(all.map((topic) => [topic.name, isOwner(topic) ? 'done' : 'TOPIC_AUTHORIZATION_FAILED'])),
    )
  })

  it('lets a user read what it may, in groups of its own name only', async () => {
    const read = (user: User, groupId: string, { name }: Topic) => readOne(client(sasl(user)), groupId, name)
    expect(await read('heartbeat-watch', 'heartbeat-watch', topics.heartbeats)).toBe('done')
    expect(await read('heartbeat-watch', 'heartbeat-watch.other', topics.runs)).toBe('TOPIC_AUTHORIZATION_FAILED')
    expect(await read('cli', 'cli-topic', topics.fills)).toBe('done')
    expect(await read('data-plane', 'data-plane.kraken', topics.fills)).toBe('TOPIC_AUTHORIZATION_FAILED')
    expect(await read('order-plane', 'strategy-plane', topics.commands)).toBe('KafkaJSGroupCoordinatorNotFound')
  })

  it.each(kafkaUsers)('lets %s change nothing else: no topic, no setting, no right, no transaction', async (user) => {
    const kafka = client(sasl(user))
    const admin = kafka.admin()
    await admin.connect()
    const right = { ...anyRight, resourceName: '*', principal: `User:${user}`, host: '*' }
    const config = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topics.market.name }
    const tried = {
      create: () => admin.createTopics({ topics: [{ topic: 'of.my.own' }] }),
      delete: () => admin.deleteTopics({ topics: [topics.fills.name], timeout: 1000 }),
      truncate: () =>
        admin.deleteTopicRecords({ topic: topics.runs.name, partitions: [{ partition: 0, offset: '1' }] }),
      configure: () =>
        admin.alterConfigs({
          validateOnly: false,
          resources: [{ ...config, configEntries: [{ name: 'retention.ms', value: '1' }] }],
        }),
      grant: () =>
        admin.createAcls({
          acl: [
            {
              ...right,
              resourceType: AclResourceTypes.TOPIC,
              resourcePatternType: ResourcePatternTypes.LITERAL,
              operation: AclOperationTypes.WRITE,
              permissionType: AclPermissionTypes.ALLOW,
            },
          ],
        }),
      transact: async () => {
        const producer = kafka.producer({ transactionalId: user, maxInFlightRequests: 1, idempotent: true })
        await producer.connect()
        await producer.transaction().finally(() => producer.disconnect())
      },
    }
    const outcomes: string[] = []
    for (const attempt of Object.values(tried)) outcomes.push(await outcomeOf(attempt()))
    await admin.disconnect()
    const [created, deleted, truncated, configured, granted, transacted] = outcomes
    expect([created, deleted, truncated, configured]).toEqual(Array(4).fill('TOPIC_AUTHORIZATION_FAILED'))
    expect(granted).toBe('CLUSTER_AUTHORIZATION_FAILED')
    // The broker names no coordinator to whom may not use the id, and no producer's number to whom may write nothing.
    const refusals = ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'KafkaJSGroupCoordinatorNotFound']
    expect([...refusals, 'CLUSTER_AUTHORIZATION_FAILED']).toContain(transacted)
  })

  it('talks to nobody without a name, on any listener', async () => {
    expect(await outcomeOf(topicsSeenBy(undefined))).not.toBe('done')
    // Metadata is what a client asks for first; a broker that wants a login closes the connection.
    const ask = String.raw`printf '\0\0\0\x0e\0\3\0\1\0\0\0\7\xff\xff\0\0\0\0'`
    for (const listener of [9092, 9093, 9094]) {
      const script = `exec 3<> /dev/tcp/localhost/${listener} && ${ask} >&3 && head -c 12 <&3 | wc -c`
      expect([listener, project.exec('kafka', 'bash', '-c', script).stdout.trim()]).toEqual([listener, '0'])
    }
  })

  it('refuses a wrong password, and a service by PLAIN', async () => {
    expect(await outcomeOf(topicsSeenBy(sasl('cli', 'wrong')))).toBe('KafkaJSSASLAuthenticationError')
    const plain = { mechanism: 'plain', username: 'cli', password: passwords.get('cli') ?? '' } as const
    expect(await outcomeOf(topicsSeenBy(plain))).toBe('KafkaJSSASLAuthenticationError')
  })

  it('is healthy only to a check that is let in', () => {
    expect(project.exec('kafka', 'bash', '/healthy.sh')).toMatchObject({ code: 0 })
    const wrong = 'sed s/kafka-setup-password/kafka-password/ /healthy.sh | bash'
    expect(project.exec('kafka', 'bash', '-c', wrong)).toMatchObject({
      code: 1,
      stdout: 'Kafka does not admit its user setup\n',
    })
  })

  it('has a plane end with what helps when a topic is missing, and the next `up` makes it', async () => {
    const admin = client(sasl('setup')).admin()
    await admin.connect()
    await admin.deleteTopics({ topics: [topics.regime.name] })
    await eventually(
      () => admin.listTopics(),
      (names) => !names.includes(topics.regime.name),
      30_000,
    )
    await admin.disconnect()
    const options = { brokers: brokers(), clientId: 'test', nowUs: () => systemClock.nowUs() }
    await expect(createKafkaBus({ ...options, sasl: sasl('data-plane') })).rejects.toMatchObject({
      code: 'not_authorized',
      retryable: false,
    })
    expect(prepare()).toBe('The topics are there. Rights granted: 0, taken away: 0.')
    const bus = await createKafkaBus({ ...options, sasl: sasl('data-plane') })
    await bus.close()
  })

  it('takes away a right that no definition says, and gives back one that is gone', async () => {
    const admin = client(sasl('setup')).admin()
    await admin.connect()
    const ofCli = { ...anyRight, resourceType: AclResourceTypes.TOPIC, principal: 'User:cli', host: '*' }
    const allowed = { permissionType: AclPermissionTypes.ALLOW, resourcePatternType: ResourcePatternTypes.LITERAL }
    const write = { resourceName: topics.fills.name, operation: AclOperationTypes.WRITE, ...allowed }
    await admin.createAcls({ acl: [{ ...ofCli, ...write }] })
    const describe = { resourceName: '*', operation: AclOperationTypes.DESCRIBE, ...allowed }
    await admin.deleteAcls({ filters: [{ ...ofCli, ...describe }] })
    await admin.disconnect()
    expect(prepare()).toBe('The topics are there. Rights granted: 1, taken away: 1.')
    expect(await rightsAt(client(sasl('setup')))).toHaveLength(rightsOf().length)
  })

  it('lets the command in from the host, by the password that is printed, and says where it is', async () => {
    const environment = { KAFKA_PORT: String(port) }
    expect(await triplane(['run', 'list'], environment)).toMatchObject({
      code: 2,
      said: expect.stringContaining('docker compose run --rm --no-TTY secrets print kafka-password') as string,
    })
    const printed = project.run('run', '--rm', '--no-TTY', 'secrets', 'print', 'kafka-password').trim()
    const listed = await triplane(['run', 'list', '--json'], { ...environment, KAFKA_PASSWORD: printed })
    expect(listed).toMatchObject({ code: 0, said: expect.stringContaining(RUN) as string })
  })

  it('takes a password that .env sets later, while it runs', async () => {
    const { StartedAt } = project.inspect('kafka').State
    project.set({ KAFKA_PASSWORD: 'a.password~of-mine' })
    up()
    expect(await outcomeOf(topicsSeenBy(sasl('cli', 'a.password~of-mine')))).toBe('done')
    expect(await outcomeOf(topicsSeenBy(sasl('cli')))).toBe('KafkaJSSASLAuthenticationError')
    expect(project.inspect('kafka').State.StartedAt).toBe(StartedAt)
  })

  it('runs without powers on a read-only root, and its log names no password', () => {
    const { HostConfig } = project.inspect('kafka')
    expect(HostConfig).toMatchObject({ ReadonlyRootfs: true, CapDrop: ['ALL'] })
    const { stdout, stderr } = project.try('logs', '--no-log-prefix')
    expect([...passwords.values()].filter((password) => (stdout + stderr).includes(password))).toEqual([])
  })
})

const anyRight = {
  resourceType: AclResourceTypes.ANY,
  resourcePatternType: ResourcePatternTypes.ANY,
  operation: AclOperationTypes.ANY,
  permissionType: AclPermissionTypes.ANY,
}

/** Every right at the broker, as `user topic|group name operation`. */
async function rightsAt(kafka: kafkajs.Kafka): Promise<string[]> {
  const admin = kafka.admin()
  await admin.connect()
  const { resources } = await admin.describeAcls(anyRight)
  await admin.disconnect()
  const nameIn = (names: object, value: number) =>
    Object.entries(names)
      .find(([, number]) => number === value)?.[0]
      .toLowerCase()
  return resources.flatMap(({ acls, resourceType, resourceName }) =>
    acls.map(({ principal, operation }) => {
      const [user, on] = [principal.replace('User:', ''), nameIn(AclResourceTypes, resourceType)]
      return `${user} ${on} ${resourceName} ${nameIn(AclOperationTypes, operation)}`
    }),
  )
}

/** Errors as kafkajs nests them. */
interface KafkaError extends Error {
  readonly type?: string
  readonly errors?: readonly KafkaError[]
  readonly partitions?: readonly { readonly error?: KafkaError }[]
  readonly cause?: KafkaError
  readonly originalError?: KafkaError
}

/** `done`, or the type or else the name of the error that Kafka answered with. */
async function outcomeOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt
    return 'done'
  } catch (error) {
    let each = error as KafkaError
    for (;;) {
      if (each.type !== undefined) return each.type
      const inner = each.errors?.[0] ?? each.partitions?.[0]?.error ?? each.cause ?? each.originalError
      if (inner === undefined) return each.name
      each = inner
    }
  }
}

/** Reads one record of a topic. */
async function readOne(kafka: kafkajs.Kafka, groupId: string, topic: string): Promise<string> {
  const consumer = kafka.consumer({ groupId, retry: { retries: 1, initialRetryTime: 100 } })
  const read = new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error))
    void consumer
      .connect()
      .then(() => consumer.subscribe({ topic, fromBeginning: true }))
      .then(() => consumer.run({ eachMessage: async () => resolve() }))
      .catch(reject)
  })
  const outcome = await outcomeOf(read)
  await consumer.disconnect().catch(() => undefined)
  return outcome
}

/** Fills the project's volume as an open Kafka of an earlier version did: the topics, and a run. */
async function fillByOpenKafka(project: string, port: number): Promise<void> {
  const volume = `${project}_kafka-data`
  const labels = [`com.docker.compose.project=${project}`, 'com.docker.compose.volume=kafka-data']
  docker('volume', 'create', ...labels.flatMap((label) => ['--label', label]), volume)
  const settings = { ...OPEN, KAFKA_ADVERTISED_LISTENERS: `NETWORK://localhost:9092,HOST://127.0.0.1:${port}` }
  const environment = Object.entries(settings).flatMap(([name, value]) => ['--env', `${name}=${value}`])
  const name = `${project}-open`
  const published = ['--publish', `127.0.0.1:${port}:9094`, '--volume', `${volume}:/var/lib/kafka/data`]
  const started = docker('run', '--detach', '--name', name, ...published, ...environment, images.kafka)
  if (started.code !== 0) throw new Error(started.stderr)
  try {
    const bus = await createKafkaBus({
      brokers: [`127.0.0.1:${port}`],
      clientId: 'test',
      nowUs: () => systemClock.nowUs(),
      connectTimeoutMs: 120_000,
    })
    await startRun(bus, { runId: RUN, mode: 'live', venues: ['sim'], who: 'test', nowUs: systemClock.nowUs() })
    for (const topic of [topics.heartbeats, topics.fills]) await written(port, topic)
    await bus.close()
  } finally {
    docker('stop', name)
    docker('rm', '--force', name)
  }
}

async function written(port: number, { name }: Topic): Promise<void> {
  const kafka = new Kafka({ clientId: 'test', brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING })
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic: name, messages: [{ value: 'x' }] })
  await producer.disconnect()
}

function triplane(argv: readonly string[], environment: Readonly<Record<string, string>>) {
  const command = [join(root, 'apps/cli/bin/triplane.mjs'), ...argv]
  const env = { PATH: process.env['PATH'], ...environment }
  return new Promise<{ readonly code: unknown; readonly said: string }>((resolve) =>
    execFile(process.execPath, command, { env, timeout: 120_000 }, (error, output, messages) =>
      resolve({ code: error ? error.code : 0, said: output + messages }),
    ),
  )
}
