import { parse } from 'yaml'
import { CliError } from '../cli-error.ts'
import type { Environment } from '../environment.ts'
import { fetchFrom, whyUnanswered, type Question } from '../planes/ask-plane.ts'
import { parseUrl } from '../planes/plane-urls.ts'
import type { Matcher } from './matcher.ts'

export type Labels = Readonly<Record<string, string>>

/** A firing alert, as Alertmanager's API v2 returns it. */
export interface FiringAlert {
  readonly labels: Labels
  readonly annotations: Labels
  readonly startsAt: string
  readonly fingerprint: string
  readonly receivers: readonly { readonly name: string }[]
  readonly status: {
    readonly state: string
    /** Fingerprints of the alerts that inhibit it. */
    readonly inhibitedBy: readonly string[]
    /** Ids of silences. */
    readonly silencedBy: readonly string[]
    /** Names of the time intervals that mute it. */
    readonly mutedBy: readonly string[]
  }
}

export interface NewAlert {
  readonly labels: Labels
  readonly annotations: Labels
  readonly startsAt: string
  readonly endsAt: string
}

export interface NewSilence {
  readonly matchers: readonly Matcher[]
  readonly startsAt: string
  readonly endsAt: string
  readonly createdBy: string
  readonly comment: string
}

export interface Silence extends NewSilence {
  readonly id: string
  readonly status: { readonly state: string }
}

/** The number of notifications attempted by a kind of channel, and of those that failed. */
export interface RequestCount {
  readonly asked: number
  readonly failed: number
}

const DEFAULT_URL = 'http://127.0.0.1:9093'

/** Alertmanager's API. Each call throws a CliError that names the request when Alertmanager does not answer or refuses. */
export class Alertmanager {
  readonly url: string

  constructor(environment: Environment) {
    this.url = parseUrl(environment['ALERTMANAGER_URL']?.trim() || DEFAULT_URL, 'ALERTMANAGER_URL')
  }

  /** The firing alerts, muted ones included. Asks for them in groups, because only groups show the muting time intervals. */
  async alerts(): Promise<readonly FiringAlert[]> {
    const response = await this.#ask('its alerts', '/api/v2/alerts/groups')
    const groups = (await response.json()) as readonly { readonly alerts: readonly FiringAlert[] }[]
    const all = groups.flatMap(({ alerts }) => alerts)
    return [...new Map(all.map((alert) => [alert.fingerprint, alert])).values()]
  }

  async post(alert: NewAlert): Promise<void> {
    await this.#ask('to take an alert', '/api/v2/alerts', { method: 'POST', body: [alert] })
  }

  /** Returns its id. */
  async silence(silence: NewSilence): Promise<string> {
    const response = await this.#ask('to silence', '/api/v2/silences', { method: 'POST', body: silence })
    return ((await response.json()) as { readonly silenceID: string }).silenceID
  }

  /** The silences that have not expired. */
  async silences(): Promise<readonly Silence[]> {
    const response = await this.#ask('its silences', '/api/v2/silences')
    return ((await response.json()) as readonly Silence[]).filter(({ status }) => status.state !== 'expired')
  }

  async endSilence(id: string): Promise<void> {
    await this.#ask(`to end the silence ${id}`, `/api/v2/silence/${encodeURIComponent(id)}`, { method: 'DELETE' })
  }

  /** The kinds of channels of each receiver, from the configuration: slack, email. */
  async channels(): Promise<ReadonlyMap<string, readonly string[]>> {
    const response = await this.#ask('its configuration', '/api/v2/status')
    const { config } = (await response.json()) as { readonly config: { readonly original: string } }
    const { receivers = [] } = parse(config.original) as { readonly receivers?: readonly Receiver[] }
    return new Map(receivers.map((receiver) => [receiver.name, kindsOf(receiver)]))
  }

  /** By kind of channel, since Alertmanager started; each attempt counts. */
  async requests(): Promise<ReadonlyMap<string, RequestCount>> {
    const response = await this.#ask('its metrics', '/metrics')
    const counts = new Map<string, RequestCount>()
    for (const line of (await response.text()).split('\n')) {
      const [, failures, kind = '', value] = REQUESTS.exec(line) ?? []
      if (value === undefined) continue
      const { asked, failed } = counts.get(kind) ?? { asked: 0, failed: 0 }
      const more = Number(value)
      counts.set(kind, failures === undefined ? { asked: asked + more, failed } : { asked, failed: failed + more })
    }
    return counts
  }

  async #ask(what: string, path: string, question?: Question): Promise<Response> {
    const response = await fetchFrom(this.url, path, question).catch((error: unknown) => {
      throw new CliError(`Expected Alertmanager at ${this.url} to answer, was: ${whyUnanswered(error)}`)
    })
    if (response.ok) return response
    const text = (await response.text()).trim()
    const why = text === '' ? `HTTP ${response.status}` : `HTTP ${response.status}, ${text}`
    throw new CliError(
      `Expected Alertmanager at ${this.url} ${what.startsWith('to') ? what : `to give ${what}`}, was: ${why}`,
    )
  }
}

const REQUESTS = /^alertmanager_notification_requests_(failed_)?total\{.*integration="([^"]+)".*\} (\S+)$/

interface Receiver {
  readonly name: string
}

/** Maps `slack_configs` to slack. */
function kindsOf(receiver: Receiver): string[] {
  return Object.keys(receiver).flatMap((key) => (key.endsWith('_configs') ? [key.replace(/_configs$/, '')] : []))
}
