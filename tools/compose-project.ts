import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Tests and tools run in the root of the repository. */
const root = process.cwd()

/** The output of a command, and its exit code. */
interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A container in `docker inspect`: the fields that the tests use. */
interface Inspected {
  readonly Id: string
  readonly RestartCount: number
  readonly State: {
    readonly Status: string
    readonly ExitCode: number
    readonly StartedAt: string
    readonly Health?: { readonly Status: string }
  }
  readonly Config: { readonly User: string; readonly Env: readonly string[] }
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean
    readonly CapDrop: readonly string[] | undefined
    readonly RestartPolicy: { readonly Name: string }
    readonly Memory: number
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[]>>
  }
}

/** The stack of a compose file with its own name, ports, volumes, images and .env. */
export class ComposeProject {
  readonly name: string
  private readonly folder = mkdtempSync(join(tmpdir(), 'triplane-compose-'))
  private readonly file: string
  private settings: Readonly<Record<string, string | undefined>>

  constructor(name: string, settings: Readonly<Record<string, string>> = {}, file = 'docker-compose.yml') {
    this.name = name
    this.file = file
    this.settings = { TRIPLANE_IMAGE: name }
    this.set(settings)
  }

  /** Adds settings to .env, and removes those that are undefined; compose sees the change with its next command. */
  set(more: Readonly<Record<string, string | undefined>>): void {
    this.settings = { ...this.settings, ...more }
    const lines = Object.entries(this.settings).flatMap(([name, value]) =>
      value === undefined ? [] : `${name}='${value}'`,
    )
    writeFileSync(join(this.folder, '.env'), `${lines.join('\n')}\n`)
  }

  /** Runs `docker compose ...`, with any exit code. */
  try(...args: readonly string[]): Ran {
    const project = ['--project-name', this.name, '--file', this.file, '--env-file', join(this.folder, '.env')]
    return docker('compose', ...project, ...args)
  }

  /** Runs `docker compose ...`, returns its standard output and throws when it fails. */
  run(...args: readonly string[]): string {
    const { code, stdout, stderr } = this.try(...args)
    if (code !== 0) throw new Error(`Expected docker compose ${args.join(' ')} to succeed, was ${code}:\n${stderr}`)
    return stdout
  }

  /** Runs a command in a service's container. */
  exec(service: string, ...command: readonly string[]): Ran {
    return this.try('exec', '--no-TTY', service, ...command)
  }

  inspect(service: string): Inspected {
    const { stdout } = docker('inspect', `${this.name}-${service}-1`)
    const [container] = JSON.parse(stdout) as Inspected[]
    if (!container) throw new Error(`Expected a container of ${service}, was none`)
    return container
  }

  /** Removes everything: containers, volumes, network, images, .env. */
  remove(): void {
    this.try('--profile', '*', 'down', '--volumes', '--remove-orphans', '--timeout', '5')
    // Compose does not remove a volume that the settings no longer name.
    const volumes = docker('volume', 'ls', '--quiet', '--filter', `label=com.docker.compose.project=${this.name}`)
    for (const volume of volumes.stdout.split('\n').filter(Boolean)) docker('volume', 'rm', volume)
    docker('image', 'rm', '--force', this.name, `${this.name}-secrets`)
    rmSync(this.folder, { recursive: true })
  }
}

/** Runs `docker ...` without the settings of the shell that the tests run in. */
export function docker(...args: readonly string[]): Ran {
  const inherited = Object.entries(process.env).filter(([name]) => /^(PATH|HOME|DOCKER_.*|BUILDX_.*)$/.test(name))
  const { status, stdout, stderr, error } = spawnSync('docker', args, {
    cwd: root,
    encoding: 'utf8',
    env: Object.fromEntries(inherited),
    maxBuffer: 64 * 1024 * 1024,
  })
  return { code: status ?? 1, stdout: stdout ?? '', stderr: stderr ?? error?.message ?? '' }
}

/** The address at which containers reach this machine: that of Docker's bridge, with or without a container on it. */
export function hostAddress(): string {
  const { stdout, stderr } = docker('network', 'inspect', 'bridge', '--format', '{{json (index .IPAM.Config 0)}}')
  const { Gateway: gateway, Subnet: subnet } = JSON.parse(stdout || '{}') as { Gateway?: string; Subnet?: string }
  // An engine without a container so far only reports the subnet, whose first address Docker uses.
  const address = gateway || subnet?.replace(/\d+\/\d+$/, '1')
  if (!address) throw new Error(`Expected an address of Docker's bridge, was ${stderr}`)
  return address
}

/** The first result that `fits`; throws with the last one after `timeoutMs`. An error of `read` counts as no result. */
export async function eventually<T>(
  read: () => Promise<T> | T,
  fits: (value: T) => boolean,
  timeoutMs: number,
): Promise<T> {
  const endMs = performance.now() + timeoutMs
  let last: unknown
  while (performance.now() < endMs) {
    try {
      const value = await read()
      if (fits(value)) return value
      last = value
    } catch (error) {
      last = error
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error(
    `Expected a fitting value within ${timeoutMs} ms, was ${last instanceof Error ? last.message : JSON.stringify(last)}`,
  )
}
