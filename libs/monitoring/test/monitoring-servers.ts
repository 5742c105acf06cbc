import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { startAlertmanager, type ContainerFile, type MonitoringServer } from '@triplane/testing/containers'
import { renderMonitoring, type RenderedFile } from '../src/render/render-monitoring.ts'
import { loadMonitoringSettings } from '../src/render/settings.ts'

export const infrastructure = join(__dirname, '../../../infrastructure')

/** The files of Alertmanager under these settings, with their paths in its container. */
function alertmanagerFiles(environment: Readonly<Record<string, string>>): readonly ContainerFile[] {
  const settings = loadMonitoringSettings(environment)
  const { files } = renderMonitoring({ from: infrastructure, settings, alertmanagerFolder: '/etc/alertmanager' })
  return filesOf('alertmanager', files)
}

/** The rendered files of a server, with their paths in its container. */
export function filesOf(server: 'prometheus' | 'alertmanager', files: readonly RenderedFile[]): ContainerFile[] {
  return files
    .filter(({ path }) => path.startsWith(`${server}/`))
    .map(({ path, content }) => ({ target: `/etc/${path}`, content }))
}

export type Labels = Readonly<Record<string, string>>

/** An alert in API v2. */
export interface SeenAlert {
  readonly labels: Labels
  readonly fingerprint: string
  readonly receivers: readonly { readonly name: string }[]
  readonly status: {
    readonly state: string
    readonly inhibitedBy: readonly string[]
    readonly silencedBy: readonly string[]
    readonly mutedBy: readonly string[]
  }
}

/** Alertmanager with these settings, and its API. */
export class TestAlertmanager {
  readonly url: string
  readonly server: MonitoringServer

  private constructor(server: MonitoringServer) {
    this.server = server
    this.url = server.url
  }

  static async start(
    environment: Readonly<Record<string, string>>,
    change = (files: readonly ContainerFile[]) => files,
  ): Promise<TestAlertmanager> {
    return new TestAlertmanager(await startAlertmanager(change(alertmanagerFiles(environment))))
  }

  /** Posts alerts that begin to fire now, or that have just resolved. */
  async post(alerts: readonly Labels[], annotations: Labels = {}, isFiring = true): Promise<void> {
    const nowMs = Date.now()
    const startsAt = new Date(isFiring ? nowMs : nowMs - 1).toISOString()
    const endsAt = new Date(isFiring ? nowMs + 3_600_000 : nowMs).toISOString()
    const generatorURL = 'http://localhost:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1'
    const body = JSON.stringify(alerts.map((labels) => ({ labels, annotations, startsAt, endsAt, generatorURL })))
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${this.url}/api/v2/alerts`, { method: 'POST', headers, body })
    if (!response.ok) throw new Error(`Expected Alertmanager to take the alerts, was ${await response.text()}`)
  }

  async alerts(): Promise<readonly SeenAlert[]> {
    return (await (await fetch(`${this.url}/api/v2/alerts`)).json()) as readonly SeenAlert[]
  }

  /** Its alerts, grouped into messages; only here it shows the time intervals that mute. */
  async groups(): Promise<readonly { readonly alerts: readonly SeenAlert[] }[]> {
    const response = await fetch(`${this.url}/api/v2/alerts/groups`)
    return (await response.json()) as readonly { readonly alerts: readonly SeenAlert[] }[]
  }

  /** The sum of its own metrics whose lines have this prefix. */
  async metric(start: string): Promise<number> {
    const lines = (await (await fetch(`${this.url}/metrics`)).text()).split('\n')
    return lines.filter((line) => line.startsWith(start)).reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  }

  /** The output of a command in its container. */
  async run(...command: string[]): Promise<string> {
    const { exitCode, output } = await this.server.container.exec(command)
    if (exitCode !== 0) throw new Error(`Expected ${command[0]} to succeed, was: ${output}`)
    return output
  }
}

/** A request to a receiver. */
export interface Received {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Stands in for Slack and every other HTTP channel. Records all requests, and answers `ok`. */
export class Receiver {
  readonly received: Received[] = []
  /** The statuses of the next answers at a path. */
  failing: { readonly path: string; readonly statuses: number[] } = { path: '', statuses: [] }
  url = ''
  readonly #server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      this.received.push({ path: request.url ?? '', headers: request.headers, body })
      const failure = request.url === this.failing.path ? this.failing.statuses.shift() : undefined
      response.writeHead(failure ?? 200).end(answerOf(request.url ?? ''))
    })
  })

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
    return this
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** The requests to `path`, as JSON. */
  bodies<T>(path: string): T[] {
    return this.received.filter((one) => one.path === path).map(({ body }) => JSON.parse(body) as T)
  }
}

/** Alertmanager parses Telegram's answer. */
function answerOf(path: string): string {
  const message = { message_id: 1, chat: { id: 1 } }
  return path.startsWith('/bot') ? JSON.stringify({ ok: true, result: message }) : 'ok'
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** Polls until `find` returns a value. The suite's time-out ends it. */
export async function eventually<T>(find: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const found = await find()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
