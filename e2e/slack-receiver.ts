import { Receiver } from '../libs/monitoring/test/monitoring-servers.ts'

/** A message posted to an incoming webhook. */
export interface SlackMessage {
  /** Path of the webhook, which identifies it. */
  readonly webhook: string
  readonly title: string
  readonly text: string
}

/** Stands in for Slack's incoming webhooks, on loopback: records the posted messages. */
export class SlackReceiver {
  readonly #receiver: Receiver

  private constructor(receiver: Receiver) {
    this.#receiver = receiver
  }

  static async start(): Promise<SlackReceiver> {
    return new SlackReceiver(await new Receiver().start())
  }

  get messages(): readonly SlackMessage[] {
    return this.#receiver.received.map(({ path, body }) => messageOf(path, body))
  }

  /** The URL of a webhook. */
  webhook(name: string): string {
    return `${this.#receiver.url}/${name}`
  }

  /** Messages about an alert, by its name, with this status: firing or resolved. */
  about(alert: string, status: 'FIRING' | 'RESOLVED'): SlackMessage[] {
    return this.messages.filter(({ title }) => title.startsWith(`[${status}`) && title.includes(alert))
  }

  stop(): Promise<void> {
    return this.#receiver.stop()
  }
}

/** All the text of the message that a person would read. */
function messageOf(webhook: string, body: string): SlackMessage {
  const { attachments = [] } = JSON.parse(body) as { readonly attachments?: readonly Record<string, unknown>[] }
  const [first = {}] = attachments
  return { webhook: webhook.slice(1), title: String(first['title']), text: JSON.stringify(attachments) }
}
