import type { Receiver } from './alertmanager-file.ts'
import type { Channels } from './channels.ts'
import { receiverNames, type ReceiverName } from './routes.ts'

/** Files of secrets by name. */
export type Secrets = ReadonlyMap<string, string>

/** One notification channel. */
interface Channel {
  /** Its common name: slack, email. */
  readonly kind: string
  /** Alertmanager's list of such channels. */
  readonly list: `${string}_configs`
  readonly config: object
  readonly secrets: readonly (readonly [name: string, value: string])[]
}

/** The kinds of channels of each receiver: slack, email. */
export type ChannelKinds = Readonly<Record<ReceiverName, readonly string[]>>

/** The receivers, the files that they read, and their kinds of channels. */
export interface Receivers {
  readonly receivers: readonly Receiver[]
  readonly secrets: Secrets
  readonly kinds: ChannelKinds
}

/** A channel that does not answer is retried: this is below every `group_interval`, which ends an attempt. */
const TIMEOUT = '5s'

/** Builds the receivers of the configured channels. They read their secrets from files in `secretsFolder`. */
export function makeReceivers(channels: Channels, secretsFolder: string): Receivers {
  const made = channelsOf(channels, `${secretsFolder}/`)
  const kinds = (name: ReceiverName) => made[name].map(({ kind }) => kind)
  return {
    receivers: receiverNames.map((name) => receiverOf(name, made[name])),
    secrets: new Map(receiverNames.flatMap((name) => made[name].flatMap(({ secrets }) => secrets))),
    kinds: {
      critical: kinds('critical'),
      error: kinds('error'),
      warning: kinds('warning'),
      deadman: kinds('deadman'),
      nobody: kinds('nobody'),
    },
  }
}

function receiverOf(name: string, channels: readonly Channel[]): Receiver {
  return { name, ...Object.fromEntries(channels.map(({ list, config }) => [list, [config]])) }
}

/** Critical alerts use every channel up to a phone call; errors and warnings all but the phone. */
function channelsOf(channels: Channels, folder: string): Record<ReceiverName, readonly Channel[]> {
  const { webhookUrl, webhookUrlCritical = webhookUrl, webhookUrlWarning = webhookUrl } = channels.slack
  const messages = (name: ReceiverName) => [
    email(channels, folder),
    telegram(channels, folder, name),
    webhook(channels, folder),
  ]
  const there = (some: readonly (Channel | undefined)[]) => some.filter((channel) => channel !== undefined)
  return {
    critical: there([
      slack('critical', webhookUrlCritical, folder),
      ...messages('critical'),
      pagerduty(channels, folder),
    ]),
    error: there([slack('error', webhookUrl ?? webhookUrlWarning, folder), ...messages('error')]),
    warning: there([slack('warning', webhookUrlWarning, folder), ...messages('warning')]),
    deadman: there([deadman(channels, folder)]),
    nobody: [],
  }
}

function slack(name: ReceiverName, url: string | undefined, folder: string): Channel | undefined {
  if (url === undefined) return undefined
  const file = `slack-${name}`
  const config = {
    api_url_file: folder + file,
    send_resolved: true,
    timeout: TIMEOUT,
    username: 'Triplane',
    color: '{{ template "triplane.slack.color" . }}',
    title: '{{ template "triplane.title" . }}',
    fallback: '{{ template "triplane.title" . }}',
    text: '{{ template "triplane.slack.text" . }}',
  }
  return { kind: 'slack', list: 'slack_configs', config, secrets: [[file, url]] }
}

function email({ smtp, alert }: Channels, folder: string): Channel | undefined {
  if (smtp.host === undefined || smtp.from === undefined || alert.emailTo === undefined) return undefined
  const { username, password, tls } = smtp
  const file = 'smtp-password'
  const config = {
    to: alert.emailTo,
    from: smtp.from,
    smarthost: `${smtp.host}:${smtp.port}`,
    send_resolved: true,
    ...(username !== undefined && { auth_username: username, auth_password_file: folder + file }),
    ...(tls !== undefined && { require_tls: tls === 'starttls', force_implicit_tls: tls === 'implicit' }),
    headers: { subject: '{{ template "triplane.title" . }}' },
    html: '{{ template "triplane.email.html" . }}',
  }
  return { kind: 'email', list: 'email_configs', config, secrets: password === undefined ? [] : [[file, password]] }
}

function pagerduty({ pagerduty: { routingKey, url } }: Channels, folder: string): Channel | undefined {
  if (routingKey === undefined) return undefined
  const file = 'pagerduty-routing-key'
  const config = {
    routing_key_file: folder + file,
    send_resolved: true,
    timeout: TIMEOUT,
    ...(url !== undefined && { url }),
    client: 'Triplane',
    severity: 'critical',
    description: '{{ template "triplane.pagerduty.description" . }}',
    class: '{{ template "triplane.names" . }}',
    component: '{{ .CommonLabels.plane }}',
    links: [
      { href: '{{ .CommonAnnotations.runbook_url }}', text: 'Runbook' },
      { href: '{{ (index .Alerts 0).Annotations.dashboard_url }}', text: 'Dashboard' },
    ],
  }
  return { kind: 'pagerduty', list: 'pagerduty_configs', config, secrets: [[file, routingKey]] }
}

/** A warning makes no sound. */
function telegram({ telegram: { botToken, chatId, apiUrl } }: Channels, folder: string, name: ReceiverName) {
  if (botToken === undefined || chatId === undefined) return undefined
  const file = 'telegram-bot-token'
  const config = {
    bot_token_file: folder + file,
    chat_id: chatId,
    ...(apiUrl !== undefined && { api_url: apiUrl }),
    send_resolved: true,
    disable_notifications: name === 'warning',
    parse_mode: 'HTML',
    message: '{{ template "triplane.telegram.message" . }}',
  }
  return { kind: 'telegram', list: 'telegram_configs', config, secrets: [[file, botToken]] } satisfies Channel
}

function webhook({ alert: { webhookUrl, webhookToken } }: Channels, folder: string): Channel | undefined {
  if (webhookUrl === undefined) return undefined
  const [urlFile, tokenFile] = ['webhook-url', 'webhook-token']
  const config = {
    url_file: folder + urlFile,
    send_resolved: true,
    timeout: TIMEOUT,
    ...(webhookToken !== undefined && { http_config: { authorization: { credentials_file: folder + tokenFile } } }),
  }
  const secrets = [[urlFile, webhookUrl] as const, ...(webhookToken ? [[tokenFile, webhookToken] as const] : [])]
  return { kind: 'webhook', list: 'webhook_configs', config, secrets }
}

/** Called for as long as all is well. */
function deadman({ deadman: { url } }: Channels, folder: string): Channel | undefined {
  if (url === undefined) return undefined
  const file = 'deadman-url'
  const config = { url_file: folder + file, send_resolved: false, timeout: TIMEOUT }
  return { kind: 'webhook', list: 'webhook_configs', config, secrets: [[file, url]] }
}
