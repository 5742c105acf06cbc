import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NODE_OPTIONS } from '../tools/node-options.ts'

/** The root of the repository: tests and benches run there. */
export const root = process.cwd()

/** A plane, or another service, in its own process, which can be killed and started again. */
export class PlaneProcess {
  readonly name: string
  readonly url: string
  readonly logFile: string
  readonly #environment: Readonly<Record<string, string>>
  #child: ChildProcess | undefined
  #exited: Promise<number | null> = Promise.resolve(0)

  constructor(name: string, port: number, environment: Readonly<Record<string, string>>, logFile: string) {
    this.name = name
    this.url = `http://127.0.0.1:${port}`
    this.logFile = logFile
    this.#environment = { ...environment, TRIPLANE_HTTP_PORT: String(port) }
  }

  start(): void {
    const log = createWriteStream(this.logFile, { flags: 'a' })
    const child = spawn(process.execPath, [join(root, 'dist/apps', this.name, 'main.js')], {
      env: { PATH: process.env['PATH'] ?? '', NODE_OPTIONS, ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    this.#child = child
    this.#exited = new Promise((resolve) => child.once('exit', (code) => resolve(code)))
  }

  /** Ends it at once, as a power cut would. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL')
    await this.#exited
  }

  /** Shuts it down gracefully; returns the exit code. */
  async stop(): Promise<number | null> {
    this.#child?.kill('SIGTERM')
    return this.#exited
  }

  /** The id of its process; undefined before the start. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** The JSON served at a path; undefined while nothing is served. */
  async get<Answer>(path: string): Promise<Answer | undefined> {
    try {
      const response = await fetch(this.url + path, { signal: AbortSignal.timeout(5000) })
      return response.ok ? ((await response.json()) as Answer) : undefined
    } catch {
      return undefined
    }
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.url}/metrics`, { signal: AbortSignal.timeout(5000) })).text()
  }

  /** Lines of its log, unchanged. */
  log(): readonly string[] {
    return readFileSync(this.logFile, 'utf8').split('\n')
  }
}
