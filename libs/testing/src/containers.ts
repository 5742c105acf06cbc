import { spawnSync } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers'

// The helper image that would remove leftovers cannot be pulled everywhere; what a suite starts it stops.
process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true'

/** Images of the servers that tests start: those of docker-compose.yml. */
export const images = {
  kafka: 'apache/kafka:4.3.1',
  timescale: 'timescale/timescaledb:2.31.0-pg18',
  postgres: 'postgres:18',
  redis: 'redis:8',
} as const

/** Why containers cannot be started here; undefined when they can. */
function missing(names: readonly (keyof typeof images)[]): string | undefined {
  for (const name of names) {
    const { status, error } = spawnSync('docker', ['image', 'inspect', images[name]], { stdio: 'ignore' })
    if (error) return 'needs Docker, the command is not here'
    if (status !== 0) return `needs a Docker engine with the image ${images[name]}`
  }
  return undefined
}

/** A suite that starts containers of these images. Where it cannot, it is skipped and its name says why. */
export function describeWithDocker(names: readonly (keyof typeof images)[], title: string, suite: () => void): void {
  const reason = missing(names)
  if (reason === undefined) describe(title, suite)
  else describe.skip(`${title} [not run: ${reason}]`, suite)
}

/** A TCP port of this machine that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A server in a container, reachable on one port of loopback that stays the same over `kill`, `stop` and `start`. */
export interface ContainerServer {
  readonly port: number
  readonly container: StartedTestContainer
  /** Ends it at once, as a power cut would. */
  kill(): void
  /** Ends it in order. */
  stop(): void
  /** Starts it again after `kill` or `stop`. It may take a while until it answers. */
  start(): void
  /** Stops and removes it. */
  remove(): Promise<void>
}

function docker(command: string, container: StartedTestContainer): void {
  const { status, stderr } = spawnSync('docker', [command, container.getId()], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`Expected docker ${command} to succeed, was ${stderr}`)
}

async function start(container: GenericContainer, port: number): Promise<ContainerServer> {
  const started = await container.start()
  return {
    port,
    container: started,
    kill: () => docker('kill', started),
    stop: () => docker('stop', started),
    start: () => docker('start', started),
    remove: async () => void (await started.stop({ timeout: 1000 })),
  }
}

const onLoopback = (image: string, inside: number, port: number) =>
  new GenericContainer(image).withExposedPorts({ container: inside, host: port }).withStartupTimeout(60_000)

/**
 * One broker in KRaft mode: `brokers` is `127.0.0.1:<port>`. Topics are not created by themselves. With `advertisedPort`
 * the broker sends its clients there: to a proxy in front of it.
 */
export async function startKafka(
  options: { readonly advertisedPort?: number } = {},
): Promise<ContainerServer & { readonly brokers: string }> {
  const port = await freePort()
  const { advertisedPort = port } = options
  const container = onLoopback(images.kafka, 9092, port).withEnvironment({
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093',
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${advertisedPort}`,
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    KAFKA_HEAP_OPTS: '-Xms256m -Xmx256m',
  })
  const server = await start(container.withWaitStrategy(Wait.forLogMessage(/Kafka Server started/)), port)
  return { ...server, brokers: `127.0.0.1:${port}` }
}

/** Postgres: plain or with TimescaleDB. `url` is of the superuser and the database `triplane`. */
export async function startPostgres(
  image: 'postgres' | 'timescale' = 'timescale',
): Promise<ContainerServer & { readonly url: string }> {
  const port = await freePort()
  const container = onLoopback(images[image], 5432, port)
    .withEnvironment({ POSTGRES_PASSWORD: 'test', POSTGRES_DB: 'triplane' })
    .withWaitStrategy(Wait.forSuccessfulCommand('pg_isready --host=127.0.0.1 --username=postgres'))
  const server = await start(container, port)
  return { ...server, url: `postgres://postgres:test@127.0.0.1:${port}/triplane` }
}

/** Redis without a password: `url` is `redis://127.0.0.1:<port>`. */
export async function startRedis(): Promise<ContainerServer & { readonly url: string }> {
  const port = await freePort()
  const container = onLoopback(images.redis, 6379, port).withWaitStrategy(Wait.forListeningPorts())
  const server = await start(container, port)
  return { ...server, url: `redis://127.0.0.1:${port}` }
}
