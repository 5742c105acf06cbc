import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const files = [
  'docker-compose.yml',
  'docker-compose.monitoring.yml',
  'docker-compose.secrets.yml',
  'infrastructure/docker/settings.yml',
]
const text = files.map(read).join('\n')

/** Settings that compose reads: `${NAME:-default}`, and names without a value, which it forwards as they are set. */
const interpolated = [...text.matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map(([, name]) => name ?? '')
const handedOn = [...text.matchAll(/^ +([A-Z_]+):$/gm)].map(([, name]) => name ?? '')
const example = [...read('.env.example').matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(
  ([, name = '', value = '']) => [name, value] as const,
)

describe('.env.example', () => {
  it('names every setting that the compose files read, once, and no other', () => {
    const wanted = new Set([...interpolated, ...handedOn])
    expect(wanted.size).toBeGreaterThan(60)
    expect(example.map(([name]) => name).sort()).toEqual([...wanted].sort())
  })

  it('sets nothing by itself', () => {
    expect(
      read('.env.example')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#')),
    ).toEqual([])
  })

  it('shows the defaults of the compose files', () => {
    const defaults = new Map(
      [...text.matchAll(/(?<!\$)\$\{([A-Z_]+):-([^${}]+)\}/g)].map(([, name = '', value = '']) => [name, value]),
    )
    const shown = example.filter(([name]) => defaults.has(name) && name !== 'TRIPLANE_SOURCE_VENUE')
    expect(shown.length).toBeGreaterThan(10)
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(shown.map(([name]) => [name, defaults.get(name)])))
  })
})

describe('compose files', () => {
  it('have one default per setting, whichever file reads it', () => {
    const defaults = [...text.matchAll(/(?<!\$)\$\{([A-Z_]+):-([^${}]*)\}/g)].map(
      ([, name, value]) => `${name}=${value}`,
    )
    const names = [...new Set(defaults)].map((one) => one.split('=')[0])
    expect(names.filter((name, i) => names.indexOf(name) < i)).toEqual([])
  })

  it('contain no password: secrets come as files', () => {
    const secret = /^ *([A-Z_]*(?:PASSWORD|TOKENS?|KEY)[A-Z_]*)[:=] ?(.*)$/gm
    const values = [...text.matchAll(secret)].map(([, name = '', value = '']) => [name, value] as const)
    expect(values.length).toBeGreaterThan(5)
    const empty = (value: string) => /^\$\{[A-Z_]+:-\}$/.test(value)
    expect(
      values.filter(([name, value]) => !(name.endsWith('_FILE') && value.startsWith('/run/secrets/')) && !empty(value)),
    ).toEqual([])
  })
})

/** Compose's view of a file with only these settings. */
function config(
  file: string,
  settings: Readonly<Record<string, string>> = {},
  options: readonly string[] = [],
  flags: readonly string[] = [],
) {
  const { PATH, HOME } = process.env
  const args = ['compose', '--file', file, '--env-file', '/dev/null', ...options, 'config', ...flags]
  return spawnSync('docker', args, { cwd: root, encoding: 'utf8', env: { PATH, HOME, ...settings } })
}

interface Service {
  readonly mem_limit?: string
  readonly cpu_quota?: string
  readonly pids_limit?: number
  readonly read_only?: boolean
  readonly cap_add?: readonly string[]
}

/** Every service of the stack, those that are only started when asked for too, as Compose sees it; none without Compose. */
function services(): (readonly [string, Service])[] {
  const { status: code, stdout } = config('docker-compose.yml', {}, ['--profile', '*'], ['--format', 'json'])
  if (code !== 0) return [['(no Compose)', {}]]
  return Object.entries((JSON.parse(stdout) as { readonly services: Readonly<Record<string, Service>> }).services)
}

const { status } = spawnSync('docker', ['compose', 'version'], { stdio: 'ignore' })
const describeWithCompose = status === 0 ? describe : describe.skip
describeWithCompose(`docker compose config${status === 0 ? '' : ' [not run: needs docker compose]'}`, () => {
  it.each([['docker-compose.yml'], ['docker-compose.monitoring.yml'], ['docker-compose.secrets.yml']])(
    'finds %s valid',
    (file) => {
      const { status: code, stderr } = config(file)
      expect(stderr).toBe('')
      expect(code).toBe(0)
    },
  )

  describe.each(services())('%s', (name, service) => {
    it('has limits of memory, processor time and processes', () => {
      const { mem_limit: memory, cpu_quota: processor, pids_limit: processes } = service
      expect([memory, processor, processes].map((limit) => Number(limit) > 0)).toEqual([true, true, true])
    })

    it('has a read-only root and no powers, unless its file says why not', () => {
      // Compose refuses to hand settings as a file into a container whose root is read-only.
      const isGivenSettings = ['secrets', 'monitoring-config'].includes(name)
      expect(service).toMatchObject({ cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
      expect(service.read_only ?? false).toBe(!isGivenSettings)
      expect(service.cap_add ?? []).toEqual(name === 'secrets' ? ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'] : [])
    })
  })

  it("turns Prometheus' admin API off where TRIPLANE_BIND may expose it", () => {
    const flags = (settings = {}) => config('docker-compose.monitoring.yml', settings).stdout.match(/--.*admin-api/g)
    expect(flags()).toEqual(['--web.enable-admin-api'])
    expect(flags({ TRIPLANE_BIND: '0.0.0.0' })).toEqual(['--no-web.enable-admin-api'])
  })
})
