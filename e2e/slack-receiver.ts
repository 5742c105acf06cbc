import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A message as it was posted to an incoming webhook. */
export interface SlackMessage {
  /** Path of the webhook: which of them it was. */
  readonly webhook: string
  readonly title: string
  readonly text: string
}

/** Stands for Slack's incoming webhooks, on loopback: keeps what is posted. */
export class SlackReceiver {
  readonly messages: SlackMessage[] = []
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    server.on('request', (request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      request.on('end', () => {
        this.messages.push(messageOf(request.url ?? '', body))
        response.end('ok')
      })
    })
  }

  static async start(): Promise<SlackReceiver> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new SlackReceiver(server)
  }

  /** The URL of a webhook. */
  webhook(name: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${name}`
  }

  /** Messages about an alert, by its name, that say it fires, or that it is resolved. */
  about(alert: string, status: 'FIRING' | 'RESOLVED'): SlackMessage[] {
    return this.messages.filter(({ title }) => title.startsWith(`[${status}`) && title.includes(alert))
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Everything that a person would read in the message. */
function messageOf(webhook: string, body: string): SlackMessage {
  const { attachments = [] } = JSON.parse(body) as { readonly attachments?: readonly Record<string, unknown>[] }
  const [first = {}] = attachments
  return { webhook: webhook.slice(1), title: String(first['title']), text: JSON.stringify(attachments) }
}
