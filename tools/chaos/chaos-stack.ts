import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@triplane/testing/containers'
import { ComposeProject } from '../compose-project.ts'
import { SmallDisk } from './small-disk.ts'

export const planes = ['data-plane', 'strategy-plane', 'order-plane'] as const
const servers = ['kafka', 'postgres', 'redis'] as const
export const parts = [...planes, ...servers] as const
type Plane = (typeof planes)[number]
export type Part = (typeof parts)[number]

const published = [...parts, 'prometheus', 'alertmanager', 'grafana', 'pushgateway'] as const

/** A strategy that trades much; its switches are the default ones. */
const settings = {
  TRIPLANE_STRATEGY_OFI_WARM_UP_MS: '1000',
  TRIPLANE_STRATEGY_OFI_DEAD_BAND_DEVIATIONS: '0.2',
  TRIPLANE_STRATEGY_OFI_MIN_CHANGE: '0.05',
  TRIPLANE_STATE_SNAPSHOT_EVERY_MS: '5000',
}

/** What the order plane says of its trading; undefined fields while it does not answer. */
export interface Trading {
  readonly fills: number | undefined
  readonly state: string | undefined
  /** Active kill switches. */
  readonly switches: readonly string[]
}

/** How `triplane reconcile` ended, and what it named. */
export interface Reconciled {
  readonly code: number
  readonly lost: number
  readonly doubled: number
  readonly messages: string
}

/** The compose stack under faults: its own project, ports and volumes. */
export class ChaosStack {
  readonly project: ComposeProject
  /** The disk of the order plane's state. */
  readonly disk: SmallDisk
  readonly #ports: Readonly<Record<string, string>>

  private constructor(project: ComposeProject, disk: SmallDisk, ports: Readonly<Record<string, string>>) {
    this.project = project
    this.disk = disk
    this.#ports = ports
  }

  /** Builds and starts the stack; `more` settings come on top. Removes what it started when that fails. */
  static async start(more: Readonly<Record<string, string>> = {}): Promise<ChaosStack> {
    const ports: Record<string, string> = {}
    for (const service of published) ports[service] = String(await freePort())
    const named = published.map((service) => [`${service.toUpperCase().replace('-', '_')}_PORT`, ports[service] ?? ''])
    const project = new ComposeProject(`triplane-chaos-${process.pid}`, {
      ...settings,
      ...(Object.fromEntries(named) as Record<string, string>),
      ...more,
    })
    const disk = new SmallDisk(project.name, 'order-plane-state')
    try {
      project.run('up', '--detach', '--build', '--wait', '--wait-timeout', '300')
      const stack = new ChaosStack(project, disk, ports)
      // Ctrl-C leaves nothing behind.
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => {
          stack.remove()
          process.exit(1)
        })
      return stack
    } catch (error) {
      disk.release()
      project.remove()
      throw error
    }
  }

  /** Removes all of it. */
  remove(): void {
    this.disk.release()
    this.project.remove()
  }

  urlOf(service: Plane | 'prometheus'): string {
    return `http://127.0.0.1:${this.#ports[service]}`
  }

  get brokers(): string {
    return `127.0.0.1:${this.#ports['kafka']}`
  }

  async trading(): Promise<Trading> {
    const [orders, switches] = await Promise.all([
      this.#get<{ fills: number; tradingState: string }>('order-plane', '/status/orders'),
      this.#get<{ active: string[] }>('order-plane', '/status/kill-switches'),
    ])
    return { fills: orders?.fills, state: orders?.tradingState, switches: switches?.active ?? [] }
  }

  /** Orders by their last state; undefined while the order plane does not answer. */
  async orderCounts(): Promise<Readonly<Record<string, number>> | undefined> {
    return (await this.#get<{ counts: Record<string, number> }>('order-plane', '/status/orders'))?.counts
  }

  /** The id of the current run; undefined while the order plane does not answer. */
  async runId(): Promise<string | undefined> {
    return (await this.#get<{ runId?: string }>('order-plane', '/status/run'))?.runId
  }

  /** Names of the alerts that fire now; empty while Prometheus does not answer. */
  async alerts(): Promise<readonly string[]> {
    const answer = await this.#get<{
      data: { alerts: { state: string; labels: { alertname: string } }[] }
    }>('prometheus', '/api/v1/alerts')
    const firing = answer?.data.alerts.filter(({ state }) => state === 'firing') ?? []
    const names = new Set(firing.map(({ labels }) => labels.alertname))
    // It always fires.
    names.delete('Watchdog')
    return [...names]
  }

  /** Runs `triplane ...` beside the stack. */
  cli(...argv: readonly string[]) {
    return this.project.try('run', '--rm', '--no-TTY', '--no-deps', 'cli', ...argv)
  }

  reconcile(): Reconciled {
    const { code, stdout, stderr } = this.cli('reconcile', '--json', '--within', '60')
    interface Told {
      readonly differences: readonly { readonly kind: string; readonly id: string; readonly detail: string }[]
    }
    const differences = stdout.trim() === '' ? [] : (JSON.parse(stdout) as Told).differences
    const doubled = differences.filter(({ detail }) => detail.startsWith('told twice')).length
    const named = differences.slice(0, 5).map(({ kind, id, detail }) => `${kind} ${id}: ${detail}`)
    return { code, doubled, lost: differences.length - doubled, messages: [stderr.trim(), ...named].join('\n') }
  }

  /** A secret of the stack, as `secrets` keeps it; undefined when there is none. */
  secret(consumer: string, file: string): string | undefined {
    const { code, stdout } = this.project.try(
      ...['run', '--rm', '--no-TTY', '--no-deps', '--entrypoint=cat', 'secrets', `/secrets/${consumer}/${file}`],
    )
    return code === 0 ? stdout.trim() : undefined
  }

  /** Sends an operator's command to the order plane. `status` is 0 when there was no answer within 10 s. */
  async command(name: string, token: string): Promise<{ readonly status: number; readonly ms: number }> {
    const startMs = performance.now()
    const response = await fetch(`${this.urlOf('order-plane')}/control/${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ why: 'chaos' }),
      signal: AbortSignal.timeout(10_000),
    }).catch(() => undefined)
    await response?.arrayBuffer().catch(() => undefined)
    return { status: response?.status ?? 0, ms: performance.now() - startMs }
  }

  async #get<Answer>(service: Plane | 'prometheus', path: string): Promise<Answer | undefined> {
    try {
      const response = await fetch(this.urlOf(service) + path, { signal: AbortSignal.timeout(3000) })
      return response.ok ? ((await response.json()) as Answer) : undefined
    } catch {
      return undefined
    }
  }
}

/** Polls until `look` returns a value, for at most `timeoutMs`; undefined when it never did. */
export async function within<Found>(
  timeoutMs: number,
  look: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  const endMs = performance.now() + timeoutMs
  while (performance.now() < endMs) {
    const found = await look()
    if (found !== undefined) return found
    await sleep(250)
  }
  return undefined
}
