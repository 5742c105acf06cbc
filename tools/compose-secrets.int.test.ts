import { describeWithDocker, freePort } from '@triplane/testing/containers'
import { ComposeProject, docker } from './compose-project.ts'

jest.setTimeout(180_000)

/** The services that compose starts for this: the databases, their one-shots and their dependencies. */
const services = ['postgres-role', 'redis-users']

describeWithDocker(['timescale', 'redis'], 'secrets of the compose stack', () => {
  let project: ComposeProject
  beforeAll(async () => {
    const ports = { POSTGRES_PORT: String(await freePort()), REDIS_PORT: String(await freePort()) }
    project = new ComposeProject(`triplane-secrets-${process.pid}`, ports)
  })
  afterAll(() => project.remove())

  /** As users do it: a running server keeps running. */
  const up = () => {
    project.run('up', '--detach', ...services)
    const ended = docker('wait', ...services.map((service) => `${project.name}-${service}-1`)).stdout
    expect(ended).toBe('0\n0\n')
  }
  /** Every secret by `<consumer>/<file>`, read regardless of its owner. */
  const stored = () => {
    const script = 'cd /secrets && for file in */*; do echo "$file $(base64 -w0 $file)"; done'
    const lines = project.run('run', '--rm', '--no-TTY', '--entrypoint=sh', 'secrets', '-c', script).trim().split('\n')
    const decode = ([name = '', text = '']: readonly string[]) =>
      [name, Buffer.from(text, 'base64').toString()] as const
    return new Map(lines.map((line) => decode(line.split(' '))))
  }
  const asRole = (role: string, password: string, sql = 'select 1') => {
    const psql = ['psql', '-h', 'postgres', '-U', role, '-d', 'triplane', '-Atc', sql]
    return project.try('exec', '-T', '-e', `PGPASSWORD=${password}`, 'postgres', ...psql)
  }
  const asTriplane = (password: string) => asRole('triplane', password)
  const asRedis = (password: string) =>
    project.try('exec', '-T', '-e', `REDISCLI_AUTH=${password}`, 'redis', 'redis-cli', '--no-auth-warning', 'ping')
  /** The full output of `docker inspect` for the stack's containers. */
  const inspectAll = () => {
    const ids = docker('ps', '--all', '--quiet', '--filter', `label=com.docker.compose.project=${project.name}`)
    return docker('inspect', ...ids.stdout.trim().split('\n')).stdout
  }
  const lastLine = () => project.run('logs', '--no-log-prefix', 'secrets').trim().split('\n').at(-1)

  let first: Map<string, string>

  it('print reports that there are none before the first start', () => {
    const { code, stderr } = project.try('run', '--rm', '--no-TTY', 'secrets', 'print')
    expect(code).toBe(1)
    expect(stderr).toContain('secrets: nothing is made yet; `docker compose up` does that')
  })

  it('creates them at random on the first start, and the servers accept them', () => {
    up()
    first = stored()
    expect([...first.keys()].sort()).toEqual([
      'data-plane/data-plane-kafka-password',
      'data-plane/database-password',
      'data-plane/operator-tokens',
      'data-plane/redis-password',
      'grafana/grafana-password',
      'grafana/grafana-postgres-password',
      'grafana/grafana-secret-key',
      'heartbeat-watch/heartbeat-watch-kafka-password',
      'kafka-setup/kafka-setup-password',
      'kafka/cli.scram',
      'kafka/data-plane-kafka-password',
      'kafka/data-plane.scram',
      'kafka/heartbeat-watch-kafka-password',
      'kafka/heartbeat-watch.scram',
      'kafka/kafka-broker-password',
      'kafka/kafka-password',
      'kafka/kafka-setup-password',
      'kafka/order-plane-kafka-password',
      'kafka/order-plane.scram',
      'kafka/server.properties',
      'kafka/setup.properties',
      'kafka/strategy-plane-kafka-password',
      'kafka/strategy-plane.scram',
      'operator/audit-key',
      'operator/database-password',
      'operator/grafana-password',
      'operator/grafana-postgres-password',
      'operator/grafana-secret-key',
      'operator/kafka-password',
      'operator/operator-token',
      'operator/redis-password',
      'order-plane/audit-key',
      'order-plane/database-password',
      'order-plane/operator-tokens',
      'order-plane/order-plane-kafka-password',
      'order-plane/redis-password',
      'postgres/database-password',
      'postgres/grafana-postgres-password',
      'postgres/postgres-password',
      'redis/stack-password',
      'redis/users.acl',
      'strategy-plane/database-password',
      'strategy-plane/operator-tokens',
      'strategy-plane/redis-password',
      'strategy-plane/strategy-plane-kafka-password',
    ])
    const made = [...first].filter(([path]) => path.startsWith('operator/')).map(([, content]) => content)
    expect(made).toHaveLength(8)
    expect(new Set([...made, first.get('postgres/postgres-password'), first.get('redis/stack-password')]).size).toBe(10)
    expect(asTriplane(first.get('order-plane/database-password') ?? '').stdout).toBe('1\n')
    expect(asTriplane('').code).not.toBe(0)
    expect(asRole('grafana', first.get('grafana/grafana-postgres-password') ?? '').stdout).toBe('1\n')
    expect(asRole('grafana', '').code).not.toBe(0)
    expect(asRedis(first.get('order-plane/redis-password') ?? '').stdout).toBe('PONG\n')
    expect(asRedis('').stdout).toContain('NOAUTH')
  })

  it('gives the planes a role that owns the database without being a superuser', () => {
    const query = `SELECT rolsuper, rolcreaterole, pg_get_userbyid(datdba) FROM pg_roles, pg_database
      WHERE rolname = 'triplane' AND datname = 'triplane'`
    expect(project.exec('postgres', 'psql', '-U', 'postgres', '-Atc', query).stdout).toBe('f|f|triplane\n')
  })

  it('gives Grafana a role that can write nothing, not even when it asks to', () => {
    const as = (sql: string) => asRole('grafana', first.get('grafana/grafana-postgres-password') ?? '', sql).stderr
    expect(as('create table a (b int)')).toContain('in a read-only transaction')
    expect(as('set transaction read write; create table a (b int)')).toContain('permission denied for schema public')
    expect(as('set transaction read write; create temporary table a (b int)')).toContain(
      'permission denied to create temporary tables',
    )
  })

  it('makes each file readable only by the one user that needs it', () => {
    const uidOf = (service: string, user: string) => project.exec(service, 'id', '-u', user).stdout.trim()
    const uids = { postgres: uidOf('postgres', 'postgres'), redis: uidOf('redis', 'redis'), grafana: '472' }
    // Kafka's image copies this one with its mode, and writes on.
    const modeOf = (path: string) => (path === 'kafka/server.properties' ? '600' : '400')
    const list = project.run(
      'run',
      '--rm',
      '--no-TTY',
      '--entrypoint=find',
      'secrets',
      '/secrets',
      '-mindepth',
      '1',
      '-printf',
      '%P %y %m %U\n',
    )
    const wanted = [...new Set([...first.keys()].flatMap((path) => [path.split('/')[0] ?? '', path]))].map((path) => {
      const [consumer = '', file] = path.split('/')
      const uid = consumer in uids ? uids[consumer as keyof typeof uids] : '1000'
      return `${path} ${file === undefined ? 'd 500' : `f ${modeOf(path)}`} ${uid}`
    })
    expect(list.trim().split('\n').sort()).toEqual(wanted.sort())
  })

  it('shows none of them in `docker inspect`, and prints those that people use', () => {
    const inspected = inspectAll()
    expect(inspected.length).toBeGreaterThan(10_000)
    expect([...first.values()].filter((secret) => inspected.includes(secret))).toEqual([])
    const printed = project.run('run', '--rm', '--no-TTY', 'secrets', 'print')
    const shown = [
      'database-password',
      'redis-password',
      'kafka-password',
      'operator-token',
      'audit-key',
      'grafana-password',
      'grafana-postgres-password',
      'grafana-secret-key',
    ]
    const one = project.run('run', '--rm', '--no-TTY', 'secrets', 'print', 'operator-token')
    expect(one).toBe(`${first.get('operator/operator-token')}\n`)
    expect(shown.filter((file) => !printed.includes(first.get(`operator/${file}`) ?? 'none'))).toEqual([])
  })

  it('leaves them unchanged on the next start', () => {
    up()
    expect(lastLine()).toBe('secrets: all there')
    expect(stored()).toEqual(first)
  })

  it('fills a lost volume from the others', () => {
    project.run('down')
    docker('volume', 'rm', `${project.name}_order-plane-secrets`)
    up()
    expect(stored()).toEqual(first)
  })

  it('applies later values of .env', () => {
    const own = {
      POSTGRES_PASSWORD: 'Own-$pass"word\\1:@/%',
      REDIS_PASSWORD: 'own#redis$password',
      TRIPLANE_OPERATOR_TOKEN: 'a'.repeat(24),
      GRAFANA_PASSWORD: 'own.password_of~Grafana',
      GRAFANA_POSTGRES_PASSWORD: 'own+password/for=Grafana',
    }
    project.set({ ...own, TRIPLANE_OPERATOR_TOKENS: `ada:${'0'.repeat(64)}` })
    up()
    expect(asTriplane(own.POSTGRES_PASSWORD).stdout).toBe('1\n')
    expect(asTriplane(first.get('operator/database-password') ?? '').code).not.toBe(0)
    expect(asRole('grafana', own.GRAFANA_POSTGRES_PASSWORD).stdout).toBe('1\n')
    expect(asRole('grafana', first.get('operator/grafana-postgres-password') ?? '').code).not.toBe(0)
    expect(asRedis(own.REDIS_PASSWORD).stdout).toBe('PONG\n')
    expect(asRedis(first.get('operator/redis-password') ?? '').stderr).toContain('WRONGPASS')
    expect(Object.values(own).filter((secret) => inspectAll().includes(JSON.stringify(secret).slice(1, -1)))).toEqual(
      [],
    )
    const now = stored()
    expect(now.get('operator/operator-token')).toBe(own.TRIPLANE_OPERATOR_TOKEN)
    expect(now.get('grafana/grafana-password')).toBe(own.GRAFANA_PASSWORD)
    expect(now.get('order-plane/operator-tokens')).toMatch(/^operator:[0-9a-f]{64},ada:0{64}$/)
    expect(now.get('order-plane/operator-tokens')).not.toContain(first.get('order-plane/operator-tokens'))
    expect(now.get('order-plane/audit-key')).toBe(first.get('order-plane/audit-key'))
  })

  it.each([
    [
      'TRIPLANE_AUDIT_KEY',
      'f'.repeat(64),
      'TRIPLANE_AUDIT_KEY cannot change: the audit rows so far are chained under the old one. Take it out of .env again.',
    ],
    [
      'POSTGRES_PASSWORD',
      'short',
      'POSTGRES_PASSWORD: expected 12 to 128 printable characters without spaces, was something else',
    ],
    [
      'GRAFANA_PASSWORD',
      'with-a-$-and-%',
      'GRAFANA_PASSWORD: expected 12 to 128 letters, digits and ._~+/=-, was something else',
    ],
    [
      'TRIPLANE_OPERATOR_TOKENS',
      'ada:secret',
      'TRIPLANE_OPERATOR_TOKENS: expected name:sha256hex with a name other than operator (whose token is TRIPLANE_OPERATOR_TOKEN), was entry 1 otherwise',
    ],
  ])('refuses an invalid %s, in one line, and changes nothing', (setting, value, line) => {
    const before = stored()
    const kept = {
      POSTGRES_PASSWORD: before.get('operator/database-password') ?? '',
      GRAFANA_PASSWORD: before.get('operator/grafana-password') ?? '',
      TRIPLANE_AUDIT_KEY: '',
      TRIPLANE_OPERATOR_TOKENS: `ada:${'0'.repeat(64)}`,
    }
    project.set({ ...kept, [setting]: value })
    expect(project.try('up', '--detach', ...services).code).not.toBe(0)
    expect(lastLine()).toBe(`secrets: ${line}`)
    project.set(kept)
    expect(stored()).toEqual(before)
  })
})
