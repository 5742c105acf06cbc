import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeWithDocker, freePort, images } from '@triplane/testing/containers'
import { FakeBinance } from '../libs/feeds/test/fake-binance.ts'
import { ComposeProject, docker, eventually, hostAddress } from './compose-project.ts'

jest.setTimeout(600_000)

const planes = ['data-plane', 'strategy-plane', 'order-plane'] as const
const servers = ['kafka', 'postgres', 'redis'] as const
/** Published by docker-compose.monitoring.yml, and tested in its own suite. */
const monitoring = ['prometheus', 'alertmanager', 'grafana', 'pushgateway'] as const
const oneShots = ['secrets', 'postgres-role', 'redis-users', 'kafka-users', 'kafka-rights', 'run'] as const

const MAX_ADDED_BYTES = 60_000_000
const MAX_IDLE_BYTES = 1.5e9
const MAX_IDLE_CORES = 0.2
const IDLE_WINDOW_MS = 30_000
const TRADES = 50
/** The clone under test may be a worktree, whose .git lacks it. */
const commit = 'abc123def456'

const monitors = ['prometheus', 'alertmanager', 'grafana', 'pushgateway', 'nodeExporter'] as const

describeWithDocker(['kafka', 'timescale', 'redis', ...monitors], 'docker compose up', () => {
  const portOf: Record<string, string> = {}
  let project: ComposeProject

  beforeAll(async () => {
    const published = [...planes, ...servers, ...monitoring]
    for (const service of published) portOf[service] = String(await freePort())
    const settings = published.map((service) => [
      `${service.toUpperCase().replace('-', '_')}_PORT`,
      portOf[service] ?? '',
    ])
    project = new ComposeProject(
      `triplane-stack-${process.pid}`,
      Object.fromEntries([...settings, ['TRIPLANE_COMMIT', commit]]),
    )
    project.run('up', '--detach', '--build', '--wait', '--wait-timeout', '240')
  })
  afterAll(() => project.remove())

  const get = (plane: (typeof planes)[number], path: string) => fetch(`http://127.0.0.1:${portOf[plane]}${path}`)
  const isHealthy = (service: string) => project.inspect(service).State.Health?.Status === 'healthy'
  /** Orders filled since the order plane started, partly or fully. */
  const fills = async () => {
    const text = await (await get('order-plane', '/metrics?families=core')).text()
    const lines = text.split('\n').filter((line) => /^orders_filled_total\{.*status="(PARTIAL_FILL|FILLED)"/.test(line))
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  }
  const stored = (table: string) =>
    Number(
      project.exec('postgres', 'psql', '-U', 'postgres', '-Atc', `SELECT count(*) FROM ${table}`, 'triplane').stdout,
    )
  const storedFills = () => stored('fills')
  const secretIn = (consumer: string, file: string) =>
    project.run('run', '--rm', '--no-TTY', '--entrypoint=cat', 'secrets', `/secrets/${consumer}/${file}`)
  /** Kills the service's process from inside, like a crash; its container's first process is Docker's init. */
  const crash = (service: string) => project.exec(service, 'bash', '-c', 'kill -9 $(cat /proc/1/task/1/children)')

  it('starts the servers and planes healthy, and completes the one-shots', () => {
    expect([...servers, ...planes].filter((service) => !isHealthy(service))).toEqual([])
    const ended = oneShots.map((service) => project.inspect(service).State)
    expect(ended.map(({ Status, ExitCode }) => `${Status} ${ExitCode}`)).toEqual(oneShots.map(() => 'exited 0'))
  })

  it('answers /metrics on all three, and shows the running version', async () => {
    const { version } = JSON.parse(readFileSync(join(__dirname, '../package.json'), 'utf8')) as { version: string }
    for (const plane of planes) {
      const response = await get(plane, '/metrics')
      expect(response.status).toBe(200)
      expect(await response.text()).toMatch(
        new RegExp(
          `^triplane_build_info\\{version="${version}",commit="${commit}",.*service="${plane.replace('-', '_')}"\\} 1$`,
          'm',
        ),
      )
    }
  })

  it('fills an order, and the database has it', async () => {
    expect(await eventually(fills, (count) => count > 0, 180_000)).toBeGreaterThan(0)
    expect(await eventually(storedFills, (count) => count > 0, 60_000)).toBeGreaterThan(0)
  })

  it('is scraped every second by the Prometheus beside it', async () => {
    const query = 'sum by (job) (count_over_time(up{job=~".*-plane|data-plane-book"}[10s]) * up)'
    const url = `http://127.0.0.1:${portOf['prometheus']}/api/v1/query?query=${encodeURIComponent(query)}`
    interface Answer {
      readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] }
    }
    const scrapes = async () =>
      ((await (await fetch(url)).json()) as Answer).data.result.map(({ value }) => Number(value[1]))
    const found = await eventually(scrapes, (counts) => counts.length === 4 && Math.min(...counts) >= 9, 60_000)
    expect(found).toHaveLength(4)
  })

  it('has workers for every job of the database: none has failed since the server started', async () => {
    const ask = (sql: string) =>
      project.exec('postgres', 'psql', '-U', 'postgres', '-Atc', sql, 'triplane').stdout.trim()
    const successes = async () => Number(ask('SELECT sum(total_successes) FROM timescaledb_information.job_stats'))
    expect(await eventually(successes, (count) => count > 0, 30_000)).toBeGreaterThan(0)
    // The server that created the database on the first start ended before this one began, and aborted its jobs.
    const failures = `SELECT proc_name, err_message FROM timescaledb_information.job_errors
      WHERE start_time > pg_postmaster_start_time()`
    expect(ask(failures)).toBe('')
  })

  it('lets Grafana read the views, and nothing else', () => {
    const password = `PGPASSWORD=${secretIn('grafana', 'grafana-postgres-password')}`
    const psql = ['psql', '--host=postgres', '--username=grafana', '--dbname=triplane', '-Atc']
    const read = (sql: string) => project.try('exec', '--no-TTY', '--env', password, 'postgres', ...psql, sql)
    expect(read('select mode from current_run').stdout).toBe('live\n')
    expect(Number(read('select count(*) from trades_stream').stdout)).toBeGreaterThan(0)
    expect(read('select * from trades').stderr).toContain('permission denied for table trades')
    expect(read('select * from audit_log').stderr).toContain('permission denied for table audit_log')
  })

  it('has the topics, and creates no others automatically', () => {
    const list = project.exec(
      'kafka',
      '/opt/kafka/bin/kafka-topics.sh',
      '--bootstrap-server',
      'localhost:9092',
      '--command-config',
      '/mnt/shared/config/setup.properties',
      '--list',
    )
    const topics = list.stdout.trim().split('\n')
    expect(topics).toEqual(
      expect.arrayContaining(['control.runs.v1', 'execution.fills.v2', 'market.events.v2', 'strategy.intents.v2']),
    )
    expect(topics.filter((topic) => !/^(__consumer_offsets|[a-z-]+\.[a-z-]+\.v\d+)$/.test(topic))).toEqual([])
  })

  it('runs the planes as an ordinary user, without capabilities, on a read-only root, restarted when they end', () => {
    for (const plane of planes) {
      const { HostConfig } = project.inspect(plane)
      expect(HostConfig).toMatchObject({
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        RestartPolicy: { Name: 'unless-stopped' },
      })
      expect(project.exec(plane, 'id', '-u').stdout).toBe('1000\n')
      expect(project.exec(plane, 'touch', '/app/dist/x').stderr).toContain('Read-only file system')
      expect(project.exec(plane, 'touch', '/var/lib/triplane/x').code).toBe(0)
    }
    for (const server of servers) expect(project.inspect(server).HostConfig.RestartPolicy.Name).toBe('unless-stopped')
  })

  it('publishes every port on loopback only', () => {
    for (const service of [...planes, ...servers]) {
      const bindings = Object.values(project.inspect(service).HostConfig.PortBindings).flat()
      expect(bindings).toEqual([{ HostIp: '127.0.0.1', HostPort: portOf[service] }])
    }
  })

  it('has an image with little besides the program', () => {
    const sizeOf = (image: string) => Number(docker('image', 'inspect', '--format', '{{.Size}}', image).stdout)
    expect(sizeOf(project.name) - sizeOf('node:26-slim')).toBeLessThan(MAX_ADDED_BYTES)
    const missing = 'for tool in npm npx gcc make python3 git; do command -v $tool; done; ls -d ~/.npm /root/.npm; true'
    expect(project.exec('data-plane', 'bash', '-c', missing).stdout).toBe('')
    expect(
      project.exec('data-plane', 'bash', '-c', 'find / -name node_modules -not -path "/proc/*" 2> /dev/null; true')
        .stdout,
    ).toBe('')
  })

  it("bundles the strategies of a user's folder in the image", () => {
    const write = `mkdir /tmp/own && echo 'export const now = Date.now()' > /tmp/own/clock.ts`
    const start = 'TRIPLANE_STRATEGIES=/tmp/own node dist/apps/strategy-plane/main.js'
    const { stdout } = project.exec('strategy-plane', 'bash', '-c', `${write} && ${start} 2>&1; rm -r /tmp/own`)
    expect(stdout).toContain('clock.ts: Expected a pure strategy, was one that uses Date (time is in the events)')
  })

  it('keeps passwords, tokens and keys out of environments and of `docker inspect`', () => {
    const printed = project.run('run', '--rm', '--no-TTY', 'secrets', 'print').trim().split('\n')
    const secrets = printed.map((line) => line.split(' ').at(-1) ?? '')
    expect(secrets).toHaveLength(8)
    const ids = docker('ps', '--all', '--quiet', '--filter', `label=com.docker.compose.project=${project.name}`)
    const environments = planes.map(
      (plane) => project.exec(plane, 'bash', '-c', 'cat /proc/[0-9]*/{environ,cmdline}').stdout,
    )
    expect(environments.every((text) => text.includes('KAFKA_BROKERS'))).toBe(true)
    const seen = [...environments, docker('inspect', ...ids.stdout.trim().split('\n')).stdout].join('\n')
    expect(secrets.filter((secret) => seen.includes(secret))).toEqual([])
  })

  it('recovers from `docker compose kill order-plane && docker compose up -d order-plane`', async () => {
    project.run('kill', 'order-plane')
    expect(project.inspect('order-plane').State.Status).toBe('exited')
    const before = storedFills()
    expect(before).toBeGreaterThan(0)
    project.run('up', '--detach', '--wait', 'order-plane')
    expect(isHealthy('order-plane')).toBe(true)
    expect(await eventually(storedFills, (count) => count > before, 180_000)).toBeGreaterThan(before)
  })

  it('recovers by itself when a plane crashes', async () => {
    const { RestartCount, State } = project.inspect('strategy-plane')
    crash('strategy-plane')
    // Docker counts the restart a moment before the container has started again.
    await eventually(
      () => project.inspect('strategy-plane'),
      (one) => one.RestartCount > RestartCount && one.State.StartedAt !== State.StartedAt,
      60_000,
    )
    await eventually(() => isHealthy('strategy-plane'), Boolean, 60_000)
  })

  it('stops a plane cleanly: the signal reaches Node', async () => {
    project.run('stop', 'data-plane')
    // 128 + 9 when it had to be killed, 128 + 15 when nothing handled the signal.
    expect(project.inspect('data-plane').State).toMatchObject({ Status: 'exited', ExitCode: 0 })
    project.run('start', 'data-plane')
    await eventually(() => isHealthy('data-plane'), Boolean, 60_000)
  })

  it('tells one truth on the topics, in the database and in both ledgers after all that', () => {
    const { code, stdout } = project.try('run', '--rm', '--no-TTY', 'cli', 'reconcile')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^Run .*: compared the topics with .*, the database with .*, 2 ledgers\.\n(.*\n)?All tell the same\.\n$/,
    )
  })

  it('gives the planes a changed password and token without a further command', async () => {
    const old = secretIn('operator', 'operator-token')
    const own = {
      POSTGRES_PASSWORD: 'a-password-of-mine',
      REDIS_PASSWORD: 'another-one-of-mine',
      TRIPLANE_OPERATOR_TOKEN: 'b'.repeat(32),
    }
    const startedAt = planes.map((plane) => project.inspect(plane).State.StartedAt)
    const rejects = (token: string) =>
      fetch(`http://127.0.0.1:${portOf['order-plane']}/control/halt`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: '{}',
      }).then(({ status }) => status === 401)
    expect(await rejects(old)).toBe(false)
    project.set(own)
    project.run('up', '--detach')
    const restarted = () =>
      planes.every((plane, i) => project.inspect(plane).State.StartedAt !== startedAt[i] && isHealthy(plane))
    expect(await eventually(restarted, Boolean, 120_000)).toBe(true)
    expect(await rejects(old)).toBe(true)
    expect(await rejects(own.TRIPLANE_OPERATOR_TOKEN)).toBe(false)
    // Trading depends on the kill switches, which a restart may trip; storing does not.
    const before = stored('trades')
    expect(
      await eventually(
        () => stored('trades'),
        (count) => count > before,
        180_000,
      ),
    ).toBeGreaterThan(before)
  })

  it('uses little memory and hardly any CPU time with no feed running', async () => {
    // A market of one second: the feed ends, the services stay.
    project.set({ TRIPLANE_SOURCE_DURATION_MS: '1000' })
    project.run('up', '--detach', '--wait')
    const isFinal = async () =>
      ((await (await get('data-plane', '/status/run')).json()) as { isFinal: boolean }).isFinal
    await eventually(isFinal, Boolean, 120_000)
    // The first minute is spent on compiling: only the final level counts.
    const idle = await eventually(
      () => usageOver(IDLE_WINDOW_MS),
      ({ cores }) => cores < MAX_IDLE_CORES,
      5 * IDLE_WINDOW_MS,
    )
    expect(idle.cores).toBeLessThan(MAX_IDLE_CORES)
    expect(idle.memoryBytes).toBeLessThan(MAX_IDLE_BYTES)
  })

  /** Replaces the source of market data, and waits until the database has this many of its trades. */
  async function playsFrom(
    name: 'capture' | 'binance_ws',
    source: Readonly<Record<string, string | undefined>>,
    trades: number,
  ): Promise<void> {
    project.set({ TRIPLANE_SOURCE_DURATION_MS: undefined, ...source })
    project.run('up', '--detach', '--wait')
    const ofSource = () => stored(`trades WHERE source = '${name}'`)
    expect(await eventually(ofSource, (count) => count >= trades, 120_000)).toBeGreaterThanOrEqual(trades)
  }

  it('plays a capture in the folder CAPTURES', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'triplane-captures-'))
    chmodSync(folder, 0o755)
    writeFileSync(join(folder, 'trades.txt'), captureOf(TRADES))
    try {
      await playsFrom(
        'capture',
        {
          CAPTURES: folder,
          TRIPLANE_SOURCE_KIND: 'capture',
          TRIPLANE_SOURCE_CAPTURE: '/captures/trades.txt',
          TRIPLANE_SOURCE_VENUE: 'binance_usdm',
          TRIPLANE_SOURCE_SPEED: 'max',
        },
        TRADES,
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('accepts a venue as its source', async () => {
    const venue = await FakeBinance.start('binance_spot', ['BTCUSDT', 'ETHUSDT'], hostAddress())
    const ticks = setInterval(() => venue.tick(), 20)
    try {
      const at = `host.docker.internal:${venue.port}`
      await playsFrom(
        'binance_ws',
        {
          TRIPLANE_SOURCE_KIND: 'venue',
          TRIPLANE_SOURCE_VENUE: 'binance_spot',
          TRIPLANE_SOURCE_SPEED: undefined,
          TRIPLANE_SOURCE_WS_URL: `ws://${at}`,
          TRIPLANE_SOURCE_REST_URL: `http://${at}`,
        },
        20,
      )
      expect(venue.handshakes.length).toBeGreaterThan(0)
    } finally {
      clearInterval(ticks)
      await venue.stop()
    }
  })

  /** Cores kept busy by the services in a window, and their memory at its end. */
  async function usageOver(windowMs: number): Promise<{ readonly cores: number; readonly memoryBytes: number }> {
    const read = () => Promise.all([...planes, ...servers].map((service) => usageOf(project.inspect(service).Id)))
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
    const before = await read()
    const startMs = performance.now()
    await new Promise((resolve) => setTimeout(resolve, windowMs))
    const after = await read()
    const seconds = (performance.now() - startMs) / 1000
    const cpuSeconds = sum(after.map((usage, i) => usage.cpuSeconds - (before[i]?.cpuSeconds ?? 0)))
    return { cores: cpuSeconds / seconds, memoryBytes: sum(after.map(({ memoryBytes }) => memoryBytes)) }
  }
})

/** A container's usage so far, as `docker stats` counts it. */
async function usageOf(id: string): Promise<{ readonly cpuSeconds: number; readonly memoryBytes: number }> {
  const text = await new Promise<string>((resolve, reject) => {
    const path = `/containers/${id}/stats?stream=false&one-shot=true`
    const sent = request({ socketPath: '/var/run/docker.sock', path }, (response) => {
      let body = ''
      response.on('data', (chunk) => (body += String(chunk))).on('end', () => resolve(body))
    })
    sent.on('error', reject).end()
  })
  const { cpu_stats: cpu, memory_stats: memory } = JSON.parse(text) as {
    readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number } }
    readonly memory_stats: { readonly usage: number; readonly stats: Readonly<Record<string, number>> }
  }
  const pageCache = memory.stats['total_inactive_file'] ?? memory.stats['inactive_file'] ?? 0
  return { cpuSeconds: cpu.cpu_usage.total_usage / 1e9, memoryBytes: memory.usage - pageCache }
}

/** A capture of this many trades of one instrument, one each 100 ms. */
function captureOf(trades: number): string {
  const startMs = Date.UTC(2026, 0, 5, 12)
  const lines = Array.from({ length: trades }, (_, i) => {
    const timeMs = startMs + 100 * i
    return `${timeMs + 2}000000 {"e":"trade","E":${timeMs},"T":${timeMs},"s":"BTCUSDT","t":${i + 1},"p":"100.0","q":"0.500","X":"MARKET","m":false}\n`
  })
  return lines.join('')
}

/** The images that tests start are those of the compose file. */
it('names the images that the container tests start', () => {
  const text = readFileSync(`${__dirname}/../docker-compose.yml`, 'utf8')
  for (const image of [images.kafka, images.timescale, images.redis]) expect(text).toContain(`:-${image}}`)
})
