import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hashToken } from '@triplane/control'
import { freePort } from '@triplane/testing/containers'
import { NODE_OPTIONS } from '../tools/node-options.ts'
import { root } from './plane-process.ts'

const TOKEN = 'a-token-of-the-operator-ada'
const operator = { TRIPLANE_OPERATOR_TOKENS: `ada:${hashToken(TOKEN)}`, TRIPLANE_AUDIT_KEY: '5a'.repeat(32) }

/** The standalone app as a process, with its own ports, folder and operator. */
export class StandaloneProcess {
  readonly urls: { readonly data: string; readonly order: string; readonly strategy: string }
  readonly #process: ChildProcess
  readonly #folder: string

  private constructor(
    ports: readonly number[],
    flags: readonly string[],
    environment: Readonly<Record<string, string>>,
  ) {
    this.#folder = mkdtempSync(join(tmpdir(), 'triplane-alerts-'))
    const [data, order, strategy] = ports.map((port) => `http://127.0.0.1:${port}`) as [string, string, string]
    this.urls = { data, order, strategy }
    const own = ['--ports', ports.join(','), '--var', this.#folder]
    this.#process = spawn(process.execPath, [join(root, 'dist/apps/standalone/main.js'), ...own, ...flags], {
      env: { PATH: process.env['PATH'] ?? '', NODE_OPTIONS, ...operator, ...environment },
      stdio: 'ignore',
    })
  }

  static async start(
    flags: readonly string[],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<StandaloneProcess> {
    return new StandaloneProcess([await freePort(), await freePort(), await freePort()], flags, environment)
  }

  /** Whether a plane's metrics contain a line. */
  async shows(plane: 'data' | 'order' | 'strategy', line: RegExp): Promise<boolean> {
    const response = await fetch(`${this.urls[plane]}/metrics?families=core`).catch(() => undefined)
    return response !== undefined && line.test(await response.text())
  }

  async rearm(): Promise<number> {
    const response = await fetch(`${this.urls.order}/control/rearm`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify({ why: 'the feed is back' }),
    })
    return response.status
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill()
    await ended
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
