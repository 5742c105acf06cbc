import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import type { PlaneName, Run } from '@triplane/contracts'
import { systemClock } from '@triplane/kernel'
import { createKafkaBus, type KafkaBus } from '@triplane/messaging'
import { startRun, type NewRun } from '@triplane/service'
import { freePort } from '@triplane/testing/containers'
import { PlaneProcess, root } from './plane-process.ts'

/** The view `/status/run`. */
export interface RunStatus {
  readonly phase: string
  readonly why?: string
  readonly runId?: string
  readonly marketUs: number
  readonly isReady: boolean
  readonly isFinal: boolean
  readonly hash: string
  readonly events: Readonly<Record<string, number>>
  readonly turn?: number
  readonly duplicates?: number
}

/** The view `/status/orders`. */
export interface OrdersStatus {
  readonly tradingState: string
  readonly counts: Readonly<Record<string, number>>
  readonly denied: Readonly<Record<string, number>>
  readonly fills: number
  readonly partialFills: number
  readonly open: readonly { readonly intentId: string; readonly state: string }[]
}

/** The end of `triplane reconcile`: 0 equal, 1 with differences, 2 when it could not compare. */
export interface Reconciled {
  readonly code: number | null
  readonly differences: readonly { readonly kind: string; readonly id: string; readonly detail: string }[]
  readonly messages: string
}

/** All sources of a run tell the same. */
export const oneTruth: Reconciled = { code: 0, differences: [], messages: '' }

/**
 * Settings of a strategy that trades much, and of switches that tolerate it: these tests would otherwise trip them. The
 * switches have separate tests.
 */
export const eagerStrategy = {
  TRIPLANE_STRATEGY_OFI_WARM_UP_MS: '1000',
  TRIPLANE_STRATEGY_OFI_DEAD_BAND_DEVIATIONS: '0.2',
  TRIPLANE_STRATEGY_OFI_MIN_CHANGE: '0.05',
  TRIPLANE_STRATEGY_KILL_SWITCHES_SILENCE_LIMIT_MS: '80000000',
  TRIPLANE_STRATEGY_KILL_SWITCHES_LOSS_LIMIT_USD: '900000000',
  TRIPLANE_STRATEGY_KILL_SWITCHES_DRAWDOWN_LIMIT_RATIO: '0.9',
} as const

/** Bundles the planes and the standalone app, as `npm run build` does. */
export function buildApps(...names: readonly string[]): void {
  execFileSync(process.execPath, ['tools/build.mjs', ...names], { cwd: root, stdio: 'pipe' })
}

/** Waits until `look` returns a value. Rejects with what it waited for after a time limit. */
export async function until<Found>(
  what: string,
  look: () => Promise<Found | undefined | false> | Found | undefined | false,
  timeoutMs = 60_000,
): Promise<Found> {
  const endMs = performance.now() + timeoutMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > endMs) throw new Error(`Expected within ${timeoutMs / 1000} s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Three planes as processes, at an existing broker. */
export class Stack {
  readonly folder = mkdtempSync(join(tmpdir(), 'triplane-e2e-'))
  readonly data: PlaneProcess
  readonly strategy: PlaneProcess
  readonly order: PlaneProcess
  readonly brokers: string
  readonly #marketPartitions: string

  private constructor(brokers: string, ports: readonly number[], environment: Readonly<Record<string, string>>) {
    this.brokers = brokers
    // More than one, so that no test relies on the order of a whole topic.
    const { TRIPLANE_KAFKA_MARKET_PARTITIONS = '4' } = environment
    this.#marketPartitions = TRIPLANE_KAFKA_MARKET_PARTITIONS
    const plane = (name: PlaneName, port: number | undefined) => {
      const state = join(this.folder, name)
      mkdirSync(state)
      const own = {
        KAFKA_BROKERS: brokers,
        TRIPLANE_KAFKA_MARKET_PARTITIONS,
        TRIPLANE_STATE_FOLDER: state,
        ...environment,
      }
      return new PlaneProcess(name, port as number, own, join(this.folder, `${name}.log`))
    }
    this.data = plane('data-plane', ports[0])
    this.strategy = plane('strategy-plane', ports[1])
    this.order = plane('order-plane', ports[2])
  }

  static async at(brokers: string, environment: Readonly<Record<string, string>>): Promise<Stack> {
    return new Stack(brokers, [await freePort(), await freePort(), await freePort()], environment)
  }

  get planes(): readonly PlaneProcess[] {
    return [this.data, this.strategy, this.order]
  }

  start(): void {
    for (const plane of this.planes) plane.start()
  }

  /** Starts a run as an order plane does, without its token and audit row. */
  async startRun(options: Omit<NewRun, 'who' | 'nowUs'>): Promise<Run> {
    return this.withBus((bus) => startRun(bus, { ...options, who: 'test', nowUs: systemClock.nowUs() }))
  }

  /** Runs the `triplane` command beside the planes, with an operator's token. */
  triplane(token: string, argv: readonly string[]): Promise<{ readonly code: number; readonly told: string }> {
    const env = {
      PATH: process.env['PATH'],
      TRIPLANE_ORDER_PLANES: this.order.url,
      TRIPLANE_STRATEGY_PLANES: this.strategy.url,
      TRIPLANE_TOKEN: token,
    }
    const command = [join(root, 'dist/apps/cli/main.js'), ...argv]
    return new Promise((resolve) => {
      execFile(process.execPath, command, { cwd: this.folder, env, timeout: 60_000 }, (error, output, messages) =>
        resolve({ code: error === null ? 0 : Number(error.code), told: output + messages }),
      )
    })
  }

  async withBus<Done>(act: (bus: KafkaBus) => Promise<Done>): Promise<Done> {
    const bus = await createKafkaBus({
      brokers: [this.brokers],
      clientId: 'e2e',
      nowUs: () => systemClock.nowUs(),
      partitions: ({ batched }) => (batched ? Number(this.#marketPartitions) : 1),
    })
    try {
      return await act(bus)
    } finally {
      await bus.close()
    }
  }

  /** Waits for the first fill. When there is none, rejects with the status of the planes. */
  async traded(): Promise<void> {
    try {
      await until('fills', async () => ((await ordersOf(this.order))?.fills ?? 0) > 0, 120_000)
    } catch (error) {
      const orders = JSON.stringify(await ordersOf(this.order))
      const logs = this.planes.map((plane) => [plane.name, ...plane.log().slice(-8)].join('\n'))
      throw new Error([String(error), orders, ...logs].join('\n'), { cause: error })
    }
  }

  /** What `triplane reconcile --json` says of the stack. `environment` has the settings of its database, if there is one. */
  async reconcile(environment: Readonly<Record<string, string>> = {}): Promise<Reconciled> {
    const settings = {
      PATH: process.env['PATH'] ?? '',
      TRIPLANE_VAR: '/nonexistent',
      KAFKA_BROKERS: this.brokers,
      TRIPLANE_KAFKA_MARKET_PARTITIONS: this.#marketPartitions,
      TRIPLANE_ORDER_PLANES: this.order.url,
      TRIPLANE_STRATEGY_PLANES: this.strategy.url,
      ...environment,
    }
    const argv = [join(root, 'apps/cli/bin/triplane.mjs'), 'reconcile', '--json']
    const child = spawn(process.execPath, argv, { env: settings, stdio: ['ignore', 'pipe', 'pipe'] })
    const [output, messages, [code]] = await Promise.all([
      textOf(child.stdout),
      textOf(child.stderr),
      once(child, 'close') as Promise<[number | null]>,
    ])
    const differences = output === '' ? [] : (JSON.parse(output) as Pick<Reconciled, 'differences'>).differences
    return { code, differences, messages }
  }

  /** Ends all processes and removes their files. */
  async remove(): Promise<void> {
    await Promise.all(this.planes.map((plane) => plane.kill()))
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export const runOf = (plane: PlaneProcess) => plane.get<RunStatus>('/status/run')
export const ordersOf = (plane: PlaneProcess) => plane.get<OrdersStatus>('/status/orders')
