import { randomBytes } from 'node:crypto'
import { userInfo } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { systemClock } from '@triplane/kernel'
import { createKafkaBus, decodeRecord, prepareKafka, type KafkaBus, type KafkaBusOptions } from '@triplane/messaging'
import { findRunningSystem } from '@triplane/service'
import { copyStorage, listRuns, openDatabase } from '@triplane/storage'
import type { Edges, Screen } from './edges.ts'
import type { Environment } from './environment.ts'
import { runCli } from './run-cli.ts'
import { withRunningSystem } from './running-environment.ts'
import { openAuditDatabase } from './servers/audit-database.ts'
import { createControlTopics } from './servers/control-topics.ts'
import { openDeadLetters } from './servers/dead-letters.ts'
import { openExecutions } from './servers/executions.ts'
import { createPool } from './servers/pool.ts'
import { kafkaOptions } from './servers/settings.ts'
import { createTopicReader } from './servers/topic-reader.ts'

const CONNECT_TIMEOUT_MS = 10_000
const VAR_FOLDER = 'var'
const signals = ['SIGINT', 'SIGTERM'] as const

function screenOf(stream: NodeJS.WriteStream): Screen {
  // A reader that closes early (`| head`) ends the command, without a stack trace.
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  return {
    get isTTY() {
      return stream.isTTY
    },
    get columns() {
      return stream.columns
    },
    write: (text) => void stream.write(text),
  }
}

/** The user of a container may have no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

function readRunsOf(databaseUrl: string) {
  return async () => {
    const pool = createPool(databaseUrl)
    try {
      return await listRuns(pool)
    } finally {
      await pool.end()
    }
  }
}

async function busOptions(environment: Environment): Promise<KafkaBusOptions> {
  const nowUs = () => systemClock.nowUs()
  return { ...(await kafkaOptions(environment)), nowUs, connectTimeoutMs: CONNECT_TIMEOUT_MS }
}

async function openBus(environment: Environment): Promise<KafkaBus> {
  return createKafkaBus(await busOptions(environment))
}

const system = findRunningSystem(process.env['TRIPLANE_VAR'] || VAR_FOLDER)
const environment = withRunningSystem(process.env, system)

const edges: Edges = {
  environment,
  out: screenOf(process.stdout),
  err: screenOf(process.stderr),
  nowUs: () => systemClock.nowUs(),
  wait: (ms) => setTimeout(ms),
  randomBytes,
  userName,
  openControlTopics: async (environment) => createControlTopics(await openBus(environment), decodeRecord),
  openTopicReader: async (environment) =>
    createTopicReader(await openBus(environment), decodeRecord, ({ events }) => events),
  prepareKafka: async (environment) => prepareKafka(await busOptions(environment)),
  ...(system?.databaseUrl !== undefined &&
    !environment['KAFKA_BROKERS'] && { readLocalRuns: readRunsOf(system.databaseUrl) }),
  openDeadLetters,
  openExecutions,
  openAuditDatabase,
  openStorage: (where) =>
    'url' in where
      ? openDatabase({ url: where.url, embedded: { folder: '' } })
      : openDatabase({ embedded: { folder: where.folder } }),
  copyStorage,
  onInterrupt(act) {
    for (const signal of signals) process.on(signal, act)
    return () => {
      for (const signal of signals) process.off(signal, act)
    }
  },
}

process.exitCode = await runCli(process.argv.slice(2), edges)
