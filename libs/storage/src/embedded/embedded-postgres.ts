import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { delay, endsWithin } from '@triplane/async'
import pg from 'pg'
import { storageFault, StorageError } from '../storage-error.ts'
import { prepareCluster, SUPERUSER, type Cluster } from './cluster.ts'
import { folderBusy, freeDataFolder, OWNER_SETTING } from './running-server.ts'

const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 30_000
const START_ATTEMPTS = 5
const POLL_MS = 50
const HOST = '127.0.0.1'

/** A small server beside a busy Node process: one writer, few readers, data that can be rebuilt by replaying the run. */
const SETTINGS = {
  listen_addresses: HOST,
  unix_socket_directories: '',
  max_connections: '20',
  shared_buffers: '64MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '512MB',
  jit: 'off',
  timezone: 'UTC',
}

export interface EmbeddedPostgresOptions {
  /** The folder for password, log and data; created if missing. */
  readonly folder: string
  /** Used instead, with a subfolder of its own, when the server's user cannot reach `folder`; default `/var/lib/triplane`. */
  readonly reachableFolder?: string
  /** Loopback port; default any free one. */
  readonly port?: number
  /** Called with a line for people about something unusual. */
  readonly onNotice?: (line: string) => void
}

export interface EmbeddedPostgres {
  /** Connection string of the superuser, with password. */
  readonly url: string
  /** The actual folder of the data. */
  readonly dataFolder: string
  /** Stops the server cleanly: everything committed is on the disk. */
  stop(): Promise<void>
}

/**
 * Starts the embedded Postgres as a child process, and initialises a new one first. Works as root (the server runs as an
 * unprivileged user), as root below a folder that others cannot enter, and as an ordinary user. Throws StorageError.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const onNotice = options.onNotice ?? (() => undefined)
  const cluster = await prepareCluster({ ...options, onNotice })
  await freeDataFolder(cluster.data, onNotice)
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    const server = spawnServer(cluster, port)
    const url = urlOf(cluster, port)
    const obstacle = await whyNotStarted(server, url)
    if (obstacle === undefined) return running(server, cluster, url, onNotice)
    const log = readFileSync(cluster.log, 'utf8').trim()
    if (/lock file .* already exists/.test(log)) throw folderBusy(cluster.data)
    // Another process took the port, or the children of a killed server are still exiting.
    const passes = options.port === undefined && /Address already in use|shared memory block/.test(log)
    if (!passes || attempt === START_ATTEMPTS) {
      throw new StorageError('start_failed', `Expected Postgres to start: ${log.slice(-600) || obstacle}`)
    }
    await delay(POLL_MS * attempt)
  }
}

function spawnServer(cluster: Cluster, port: number): ChildProcess {
  const settings = { ...SETTINGS, port: String(port), [OWNER_SETTING]: String(process.pid) }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = openSync(cluster.log, 'w', 0o600)
  try {
    // In its own process group, so that Ctrl-C reaches us and not the server: we stop it when everything is written.
    const server = spawn(join(cluster.native, 'bin', 'postgres'), ['-D', cluster.data, ...flags], {
      ...cluster.user,
      cwd: '/',
      env: { LC_ALL: 'C' },
      stdio: ['ignore', log, log],
      detached: true,
    })
    // whyNotStarted reports a failed spawn; a signal that cannot be sent means that the server has ended.
    server.on('error', () => undefined)
    return server
  } finally {
    closeSync(log)
  }
}

/** Waits until the server answers; returns the reason when it does not. */
async function whyNotStarted(server: ChildProcess, url: string): Promise<string | undefined> {
  const spawnError = await new Promise<Error | undefined>((resolve) => {
    server.once('spawn', () => resolve(undefined))
    server.once('error', resolve)
  })
  if (spawnError) return spawnError.message
  try {
    for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS; waitedMs += POLL_MS) {
      if (hasEnded(server)) return `it ended with ${server.exitCode ?? server.signalCode}`
      if (await answers(url)) return undefined
      await delay(POLL_MS)
    }
  } catch (error) {
    await stopped(server)
    throw error
  }
  await stopped(server)
  return `no answer within ${START_TIMEOUT_MS / 1000} s`
}

/** False while the port is closed or the server is starting up. Throws any other refusal, since waiting does not help. */
async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch (error) {
    const fault = storageFault(error, 'connect to the embedded Postgres')
    if (fault.retryable) return false
    throw fault
  } finally {
    await client.end().catch(() => undefined)
  }
}

function running(
  server: ChildProcess,
  { data }: Cluster,
  url: string,
  onNotice: (line: string) => void,
): EmbeddedPostgres {
  const endWithUs = () => void server.kill('SIGINT')
  const tell = () => onNotice(`Postgres ended by itself with ${server.exitCode ?? server.signalCode}`)
  process.once('exit', endWithUs)
  server.once('exit', tell)
  return {
    url,
    dataFolder: data,
    stop() {
      process.off('exit', endWithUs)
      server.off('exit', tell)
      return stopped(server)
    },
  }
}

/** Stops the server cleanly, cutting sessions; after a time limit, at once. */
async function stopped(server: ChildProcess): Promise<void> {
  if (hasEnded(server)) return
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  server.kill('SIGINT')
  if (!(await endsWithin(ended, { ms: STOP_TIMEOUT_MS }))) server.kill('SIGQUIT')
  await ended
}

function hasEnded(server: ChildProcess): boolean {
  return server.exitCode !== null || server.signalCode !== null
}

function urlOf({ password }: Cluster, port: number): string {
  return `postgresql://${SUPERUSER}:${password}@${HOST}:${port}/postgres`
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, HOST, () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}
