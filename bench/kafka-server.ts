// A broker shared by the contenders of a bench: KAFKA_BROKERS, or one started in a container by the bench's own process.
import { spawnSync } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import type { BookDelta } from '@triplane/contracts'
import { Kafka, logLevel } from 'kafkajs'
import { print } from './harness.ts'

const IMAGE = 'apache/kafka:4.3.1'
const BROKERS_VARIABLE = 'KAFKA_BROKERS'
const LEVELS = 10

/** Runs `bench` with a broker; runs it at once in a contender's process, which uses the shared one. */
export async function withBroker(bench: () => Promise<void>): Promise<void> {
  if (process.env[BROKERS_VARIABLE] !== undefined) return bench()
  if (docker('image', 'inspect', IMAGE).status !== 0) {
    print(`\nNot run: needs KAFKA_BROKERS, or a Docker engine with the image ${IMAGE}.`)
    return
  }
  const port = await freePort()
  const settings = {
    NODE_ID: '1',
    PROCESS_ROLES: 'broker,controller',
    LISTENERS: 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093',
    ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
    CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  }
  const env = Object.entries(settings).flatMap(([name, value]) => ['-e', `KAFKA_${name}=${value}`])
  const container = docker('run', '-d', '--rm', '-p', `127.0.0.1:${port}:9092`, ...env, IMAGE).stdout.trim()
  try {
    process.env[BROKERS_VARIABLE] = `127.0.0.1:${port}`
    await answers()
    await bench()
  } finally {
    docker('rm', '-f', container)
  }
}

/** The brokers that `withBroker` found. */
export function benchBrokers(): string[] {
  return (process.env[BROKERS_VARIABLE] ?? '').split(',')
}

/** Plain kafkajs, without our port. */
export function bareKafka(): Kafka {
  return new Kafka({ brokers: benchBrokers(), logLevel: logLevel.NOTHING, retry: { retries: 100, maxRetryTime: 500 } })
}

/** Book deltas of one instrument, ten levels a side. */
export function someDeltas(count: number): BookDelta[] {
  let random = 7
  const next = (below: number) => (random = (random * 48_271) % 2_147_483_647) % below
  const levels = () =>
    Array.from({ length: 2 * LEVELS }, (_, i) => (i % 2 ? next(5000) / 1000 : 61_700 + next(2000) / 10))
  return Array.from({ length: count }, (_, i) => ({
    type: 'bookDelta',
    seq: i + 1,
    source: 'bench',
    instrument: 'BTC/USDT@binance_usdm',
    tsRecvUs: 1_723_127_400_000_000 + i * 1000,
    tsEventUs: 1_723_127_400_000_000 + i * 1000,
    firstUpdateId: i * 10,
    lastUpdateId: i * 10 + 9,
    prevUpdateId: i * 10 - 1,
    bids: levels(),
    asks: levels(),
  }))
}

function docker(...args: readonly string[]) {
  return spawnSync('docker', args, { encoding: 'utf8' })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function answers(): Promise<void> {
  const admin = bareKafka().admin()
  await admin.connect()
  await admin.disconnect()
}
