import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers'
import { missingOpenssl, type Authority } from './certificates.ts'

export { createAuthority, type Authority, type CertificateFiles } from './certificates.ts'

// The helper image that removes leftovers cannot be pulled everywhere; a suite stops what it starts.
process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true'

/** Images of the servers that tests start: those of the compose files, and others that users run. */
export const images = {
  kafka: 'apache/kafka:4.3.1',
  timescale: 'timescale/timescaledb:2.31.0-pg18',
  timescaleApache: 'timescale/timescaledb:2.31.0-pg18-oss',
  postgres: 'postgres:18',
  redis: 'redis:8',
  prometheus: 'prom/prometheus:v3.5.3',
  alertmanager: 'prom/alertmanager:v0.33.1',
  grafana: 'grafana/grafana:12.4.0',
  pushgateway: 'prom/pushgateway:v1.11.2',
  nodeExporter: 'prom/node-exporter:v1.11.1',
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

type Images = readonly (keyof typeof images)[]

/** A suite that starts containers of these images. Where it cannot, it is skipped and its name has the reason. */
export function describeWithDocker(names: Images, title: string, suite: () => void): void {
  describeUnless(missing(names), title, suite)
}

/** The same for a suite that also creates certificates. */
export function describeWithCertificates(names: Images, title: string, suite: () => void): void {
  describeUnless(missing(names) ?? missingOpenssl(), title, suite)
}

function describeUnless(reason: string | undefined, title: string, suite: () => void): void {
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
  /** Shuts it down gracefully. */
  stop(): void
  /** Starts it again after `kill` or `stop`. It may take a while to answer. */
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
 * The same broker, reached at the address of its container instead: without Docker's proxy of published ports, which takes time
 * of its own. Rejects where that address cannot be reached from here.
 */
export async function startKafkaAtContainer(): Promise<ContainerServer & { readonly brokers: string }> {
  const port = await freePort()
  const advertise = 'export KAFKA_ADVERTISED_LISTENERS="PLAINTEXT://$(hostname -i):9092"'
  const container = kafkaOn(port)
    .withEnvironment({
      KAFKA_LISTENERS: 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    })
    .withCommand(['sh', '-c', `${advertise}; exec /etc/kafka/docker/run`])
  const server = await start(container, port)
  const [network = ''] = server.container.getNetworkNames()
  const host = server.container.getIpAddress(network)
  try {
    await reach(host, 9092)
  } catch (error) {
    await server.remove()
    throw error
  }
  return { ...server, brokers: `${host}:9092` }
}

/** Connects once. Rejects when that takes more than two seconds. */
async function reach(host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host, port, timeout: 2000 }, () => {
      socket.destroy()
      resolve()
    })
    socket.once('error', reject)
    socket.once('timeout', () => socket.destroy(new Error(`Expected ${host}:${port} to answer, was silent`)))
  })
}

/**
 * One broker in KRaft mode: `brokers` is `127.0.0.1:<port>`. It creates no topics automatically. With `advertisedPort` the
 * broker sends its clients there: to a proxy in front of it.
 */
export async function startKafka(
  options: { readonly advertisedPort?: number } = {},
): Promise<ContainerServer & { readonly brokers: string }> {
  const port = await freePort()
  const { advertisedPort = port } = options
  const container = kafkaOn(port).withEnvironment({
    // It reaches itself otherwise than its clients do: for transactions.
    KAFKA_LISTENERS: 'INNER://localhost:9091,PLAINTEXT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093',
    KAFKA_ADVERTISED_LISTENERS: `INNER://localhost:9091,PLAINTEXT://127.0.0.1:${advertisedPort}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,INNER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    KAFKA_INTER_BROKER_LISTENER_NAME: 'INNER',
  })
  const server = await start(container, port)
  return { ...server, brokers: `127.0.0.1:${port}` }
}

const kafkaOn = (port: number) =>
  onLoopback(images.kafka, 9092, port)
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      // Made at the first transaction: fifty take long on a busy machine.
      KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_HEAP_OPTS: '-Xms256m -Xmx256m',
    })

export interface KafkaUser {
  readonly username: string
  readonly password: string
}

/** Brokers are `127.0.0.1:<port>`. */
export interface SecureKafka extends ContainerServer {
  /** Admits the user by PLAIN and SCRAM-SHA-512. */
  readonly brokers: string
  /** Requires no password, but a client certificate of the broker's authority. */
  readonly mutualBrokers: string
  /** Changes the user's password for SCRAM-SHA-512. Open connections stay. */
  setPassword(password: string): Promise<void>
}

/** One broker that speaks TLS only, with a certificate of `authority` and one user. */
export async function startSecureKafka(authority: Authority, { username, password }: KafkaUser): Promise<SecureKafka> {
  const [port, mutualPort] = [await freePort(), await freePort()]
  const { certificateFile, keyFile } = authority.issue('broker')
  const text = (file: string) => readFileSync(file, 'utf8')
  const jaas = 'org.apache.kafka.common.security'
  // The listeners have our own names: the image requires Java key stores for one named after its protocol.
  const container = kafkaOn(port)
    .withExposedPorts({ container: 9094, host: mutualPort })
    .withCopyContentToContainer([
      { content: text(keyFile) + text(certificateFile), target: '/tmp/broker.pem', mode: 0o444 },
      { content: text(authority.caFile), target: '/tmp/ca.pem', mode: 0o444 },
    ])
    .withEnvironment({
      KAFKA_LISTENERS: 'INNER://localhost:9091,SECURE://0.0.0.0:9092,CONTROLLER://localhost:9093,MUTUAL://0.0.0.0:9094',
      KAFKA_ADVERTISED_LISTENERS: `INNER://localhost:9091,SECURE://127.0.0.1:${port},MUTUAL://127.0.0.1:${mutualPort}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,INNER:PLAINTEXT,SECURE:SASL_SSL,MUTUAL:SSL',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'INNER',
      KAFKA_SSL_KEYSTORE_TYPE: 'PEM',
      KAFKA_SSL_KEYSTORE_LOCATION: '/tmp/broker.pem',
      KAFKA_SSL_TRUSTSTORE_TYPE: 'PEM',
      KAFKA_SSL_TRUSTSTORE_LOCATION: '/tmp/ca.pem',
      KAFKA_LISTENER_NAME_MUTUAL_SSL_CLIENT_AUTH: 'required',
      KAFKA_SASL_ENABLED_MECHANISMS: 'PLAIN,SCRAM-SHA-512',
      KAFKA_LISTENER_NAME_SECURE_PLAIN_SASL_JAAS_CONFIG: `${jaas}.plain.PlainLoginModule required user_${username}="${password}";`,
      KAFKA_LISTENER_NAME_SECURE_SCRAM___SHA___512_SASL_JAAS_CONFIG: `${jaas}.scram.ScramLoginModule required;`,
    })
  const server = await start(container, port)
  async function setPassword(to: string): Promise<void> {
    const configs = ['/opt/kafka/bin/kafka-configs.sh', '--bootstrap-server', 'localhost:9091', '--alter']
    const user = ['--entity-type', 'users', '--entity-name', username, '--add-config', `SCRAM-SHA-512=[password=${to}]`]
    const { exitCode, output } = await server.container.exec([...configs, ...user])
    if (exitCode !== 0) throw new Error(`Expected Kafka to take the password of ${username}, was ${output}`)
  }
  await setPassword(password)
  return { ...server, brokers: `127.0.0.1:${port}`, mutualBrokers: `127.0.0.1:${mutualPort}`, setPassword }
}

export type PostgresImage = 'postgres' | 'timescale' | 'timescaleApache'

/**
 * Postgres: plain, or with the community or Apache edition of TimescaleDB. `url` has the superuser and the database `triplane`.
 */
export async function startPostgres(
  image: PostgresImage = 'timescale',
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

/** A file in a container: its path and its content. */
export interface ContainerFile {
  readonly target: string
  readonly content: string
}

/** A server at `url` that can reach what listens on this machine's loopback. Linux only. */
export type MonitoringServer = ContainerServer & { readonly url: string }

/** Prometheus with `files`, one of which is `/etc/prometheus/prometheus.yml`. */
export async function startPrometheus(files: readonly ContainerFile[], port?: number): Promise<MonitoringServer> {
  return startOnHost(images.prometheus, files, port, (address) => [
    '--config.file=/etc/prometheus/prometheus.yml',
    '--storage.tsdb.path=/prometheus',
    `--web.listen-address=${address}`,
    '--web.enable-lifecycle',
  ])
}

/** Alertmanager with `files`, one of which is `/etc/alertmanager/alertmanager.yml`; single, without a cluster. */
export async function startAlertmanager(files: readonly ContainerFile[], port?: number): Promise<MonitoringServer> {
  return startOnHost(images.alertmanager, files, port, (address) => [
    '--config.file=/etc/alertmanager/alertmanager.yml',
    '--storage.path=/alertmanager',
    `--web.listen-address=${address}`,
    '--cluster.listen-address=',
  ])
}

/** Starts a server on the host's own network, so that it can reach the tests' servers on loopback. */
async function startOnHost(
  image: string,
  files: readonly ContainerFile[],
  givenPort: number | undefined,
  command: (address: string) => string[],
): Promise<MonitoringServer> {
  const port = givenPort ?? (await freePort())
  const url = `http://127.0.0.1:${port}`
  const container = new GenericContainer(image)
    .withNetworkMode('host')
    .withCopyContentToContainer(files.map(({ target, content }) => ({ target, content, mode: 0o444 })))
    .withCommand(command(`127.0.0.1:${port}`))
    .withWaitStrategy(Wait.forLogMessage(/Listening on|Start listening|Server is ready/))
    .withStartupTimeout(60_000)
  const server = await start(container, port)
  while (
    !(await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await new Promise((resolve) => setTimeout(resolve, 50))
  return { ...server, url }
}
