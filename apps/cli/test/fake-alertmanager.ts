import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FiringAlert, Labels } from '../src/alertmanager/alertmanager.ts'

/** An alert as API v2 shows it. */
export function aFiringAlert(labels: Labels, more: Partial<FiringAlert> = {}): FiringAlert {
  return {
    labels,
    annotations: {},
    startsAt: '2026-01-02T03:04:05.000Z',
    fingerprint: JSON.stringify(labels),
    receivers: [{ name: 'warning' }],
    status: { state: 'active', inhibitedBy: [], silencedBy: [], mutedBy: [] },
    ...more,
  }
}

/** The parts of Alertmanager that the command uses. */
export class FakeAlertmanager {
  /** Alerts that fire besides the posted one. */
  readonly firing: FiringAlert[] = []
  /** The receivers of a posted alert; `status` has whatever mutes it. */
  receivers = [{ name: 'warning' }]
  status: Partial<FiringAlert['status']> = {}
  /** The receivers in its configuration. */
  configuration = 'receivers: [{ name: warning, slack_configs: [{}], email_configs: [{}] }, { name: nobody }]'
  /** By kind of channel: how many requests a posted alert makes, and how many of them fail. */
  channels: Readonly<Record<string, readonly [asked: number, failed: number]>> = { slack: [1, 0], email: [1, 0] }
  silences: unknown[] = []
  /** The requests it received: method, path and body. */
  readonly asked: [string, string, unknown][] = []
  url = ''
  #posted = 0
  readonly #server: Server

  constructor() {
    this.#server = createServer((request, response) => {
      let text = ''
      request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      request.on('end', () => {
        const body: unknown = text === '' ? undefined : JSON.parse(text)
        const { method = '', url = '' } = request
        if (method !== 'GET') this.asked.push([method, url, body])
        const answer = this.#answer(`${method} ${url}`, body)
        response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
        response.end(typeof answer === 'string' ? answer : JSON.stringify(answer ?? { message: 'not found' }))
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

  #answer(question: string, body: unknown): unknown {
    switch (question) {
      case 'POST /api/v2/alerts': {
        const [{ labels }] = body as [{ labels: Labels }]
        const status = { ...aFiringAlert({}).status, ...this.status }
        this.firing.push(aFiringAlert(labels, { receivers: this.receivers, status }))
        this.#posted++
        return ''
      }
      case 'GET /api/v2/alerts/groups':
        return this.firing.map((alert) => ({ alerts: [alert] }))
      case 'GET /api/v2/status':
        return { config: { original: this.configuration } }
      case 'GET /metrics':
        return Object.entries(this.channels)
          .map(([kind, [asked, failed]]) =>
            [
              `alertmanager_notification_requests_total{integration="${kind}"} ${7 + this.#posted * asked}`,
              `alertmanager_notification_requests_failed_total{integration="${kind}"} ${2 + this.#posted * failed}`,
            ].join('\n'),
          )
          .join('\n')
      case 'GET /api/v2/silences':
        return this.silences
      case 'POST /api/v2/silences':
        return { silenceID: 'a-silence' }
      case 'DELETE /api/v2/silence/a-silence':
        return ''
      default:
        return undefined
    }
  }
}
