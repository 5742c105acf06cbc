import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { topics, wire, type AuditLink } from '@triplane/contracts'
import { err, ok } from '@triplane/kernel'
import { createMemoryBus, type BusRecord, type PreparedKafka } from '@triplane/messaging'
import type { AuditVerdict, StoredDeadLetter, StoredExecutions } from '@triplane/storage'
import { testStartUs } from '@triplane/testing'
import pg from 'pg'
import type { Edges, Screen } from '../src/edges.ts'
import type { Environment } from '../src/environment.ts'
import { runCli } from '../src/run-cli.ts'
import { createControlTopics } from '../src/servers/control-topics.ts'
import { createTopicReader } from '../src/servers/topic-reader.ts'

/** The edges of a command line under test: a bus in memory, a small fake database, recorded output. */
export class CliWorld {
  readonly bus = createMemoryBus({ nowUs: () => testStartUs })
  readonly letters: StoredDeadLetter[] = []
  /** The fake verdict on the audit, given the key and the newest published link. */
  judge: (key: Buffer, published: unknown) => AuditVerdict = () => ({ isIntact: true, rows: 0, problems: [] })
  /** What the fake database has of every run. */
  executions: StoredExecutions = { journal: [], orders: [], fills: [], opening: undefined, refused: [] }
  environment: Environment = {}
  kafkaFault: Error | undefined
  prepared: PreparedKafka = { granted: 0, revoked: 0, isOpen: true }
  /** Which records of a topic can be read. */
  isReadable: (record: BusRecord) => boolean = () => true
  copy: Edges['copyStorage'] = () => Promise.reject(new Error('not expected'))
  /** Databases in the order in which they were opened and closed. */
  readonly opened: unknown[] = []
  readonly closed: unknown[] = []
  /** Wall time, microseconds. */
  nowUs: () => number = () => testStartUs
  waitedMs = 0
  interrupt: () => void = () => undefined
  isTTY = false
  output = ''
  messages = ''
  #random = 0

  /** Runs a command. Returns its exit code; its output is in `output` and `messages`. */
  run(...argv: string[]): Promise<number> {
    this.output = ''
    this.messages = ''
    return runCli(argv, this.#edges())
  }

  /** Runs a command with `--json`; returns its exit code and its parsed output. */
  async json<T = Record<string, unknown>>(...argv: string[]): Promise<{ code: number; value: T }> {
    const code = await this.run(...argv, '--json')
    return { code, value: JSON.parse(this.output) as T }
  }

  async publish(link: AuditLink): Promise<void> {
    const producer = this.bus.producer({ name: 'audit', runId: 'r' })
    producer.send(topics.audit, 'live', [link])
    await producer.flush()
  }

  #edges(): Edges {
    const screen = (write: (text: string) => void): Screen => ({
      isTTY: this.isTTY,
      columns: 80,
      write: (text) => write(text.toString()),
    })
    return {
      environment: this.environment,
      out: screen((text) => (this.output += text)),
      err: screen((text) => (this.messages += text)),
      nowUs: () => this.nowUs(),
      wait: (ms) => {
        this.waitedMs += ms
        return Promise.resolve()
      },
      randomBytes: (count) => Buffer.alloc(count, ++this.#random),
      userName: () => 'ann',
      openControlTopics: async () => {
        if (this.kafkaFault) throw this.kafkaFault
        return createControlTopics({ ...this.bus, close: () => Promise.resolve() }, ({ events }) => ok(events))
      },
      openTopicReader: async () => {
        if (this.kafkaFault) throw this.kafkaFault
        return createTopicReader(
          { ...this.bus, close: () => Promise.resolve() },
          (record) =>
            this.isReadable(record) ? ok(record.events) : err({ code: 'unknown_schema', detail: 'Expected another' }),
          ({ events }) => wire.encodeRecord(events),
        )
      },
      prepareKafka: async () => this.prepared,
      openDeadLetters: () => ({
        list: async ({ limit, runId }) =>
          this.letters
            .filter((letter) => runId === undefined || letter.runId === runId)
            .slice(0, limit)
            .map(({ raw: _, ...summary }) => summary),
        read: async ({ runId, producer, seq }) =>
          this.letters.find((one) => one.runId === runId && one.producer === producer && one.seq === seq),
        close: () => Promise.resolve(),
      }),
      openExecutions: () => ({ read: async () => this.executions, close: () => Promise.resolve() }),
      openAuditDatabase: () => ({
        verify: async (key, published) => this.judge(key, published),
        close: () => Promise.resolve(),
      }),
      openStorage: async (where) => {
        this.opened.push(where)
        return { pool: new pg.Pool(), close: async () => void this.closed.push(where) }
      },
      copyStorage: (options) => this.copy(options),
      onInterrupt: (act) => {
        this.interrupt = act
        return () => undefined
      },
    }
  }
}

/** A request to a fake plane. */
export interface Asked {
  readonly method: string | undefined
  readonly path: string | undefined
  readonly authorization: string | undefined
  readonly body: string
}

/** The plane's answer at a path. */
export type Saying = (path: string) => { readonly status: number; readonly body: unknown }

/** A plane that gives one answer to everything, unless `answers` has another, and records its requests. */
export class FakePlane {
  readonly asked: Asked[] = []
  url = ''
  readonly #server: Server

  constructor(status: number, body: unknown, headers: OutgoingHttpHeaders = {}) {
    this.#server = createServer((request, response) => {
      void bodyOf(request).then((text) => {
        const { method, url: path } = request
        this.asked.push({ method, path, authorization: request.headers.authorization, body: text })
        const said = typeof body === 'function' ? (body as Saying)(path ?? '') : { status, body }
        response.writeHead(said.status, { 'content-type': 'application/json', ...headers })
        response.end(typeof said.body === 'string' ? said.body : JSON.stringify(said.body))
      })
    })
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return this
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** Fake planes, stopped by `stopPlanes`. */
const planes: FakePlane[] = []

export async function aPlane(status: number, body: unknown, headers?: OutgoingHttpHeaders): Promise<FakePlane> {
  const plane = await new FakePlane(status, body, headers).start()
  planes.push(plane)
  return plane
}

/** The address of a plane that is down. */
export async function aDeadPlane(): Promise<string> {
  const plane = await new FakePlane(200, {}).start()
  await plane.stop()
  return plane.url
}

export async function stopPlanes(): Promise<void> {
  await Promise.all(planes.splice(0).map((plane) => plane.stop()))
}
