import { createServer, type Server } from 'node:http'
import { readdirSync, readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describeWithDocker, freePort, images } from '@triplane/testing/containers'
import { ComposeProject, docker, eventually, hostAddress } from './compose-project.ts'

jest.setTimeout(300_000)

const file = 'docker-compose.monitoring.yml'
const root = join(__dirname, '..')
const servers = ['prometheus', 'alertmanager', 'grafana', 'pushgateway', 'node-exporter'] as const
const published = ['prometheus', 'alertmanager', 'grafana', 'pushgateway'] as const
const oneShots = ['secrets', 'monitoring-config', 'monitoring-reload', 'grafana-password'] as const

/** Values that are set and must never appear. */
const secrets = {
  SLACK_WEBHOOK_URL: 'https://hooks.slack.invalid/services/T0/B0/aSecretOfSlack',
  SMTP_PASSWORD: `own 'password' #1 of "mail"`,
  TELEGRAM_BOT_TOKEN: '1234567890:aSecretOfTelegram',
  PROMETHEUS_REMOTE_WRITE_TOKEN: 'aSecretOfRemoteWrite',
}

describeWithDocker(
  ['prometheus', 'alertmanager', 'grafana', 'pushgateway', 'nodeExporter', 'timescale', 'redis'],
  `docker compose --file ${file} up`,
  () => {
    const portOf: Record<string, string> = {}
    const listening: Server[] = []
    let host: string
    let project: ComposeProject

    beforeAll(async () => {
      host = hostAddress()
      for (const [i, service] of ['data_plane', 'order_plane', 'strategy_plane'].entries()) {
        const metrics = `# TYPE triplane_build_info gauge\ntriplane_build_info{service="${service}"} 1\n`
        await listen(8000 + i, () => metrics)
      }
      for (const service of published) portOf[service] = String(await freePort())
      const ports = published.map((service) => [`${service.toUpperCase()}_PORT`, portOf[service] ?? ''])
      project = new ComposeProject(
        `triplane-monitoring-${process.pid}`,
        {
          ...Object.fromEntries(ports),
          ...quoted(secrets),
          TRIPLANE_TARGETS: 'host',
          SMTP_HOST: 'mail.invalid',
          SMTP_USERNAME: 'triplane',
          SMTP_FROM: 'triplane@mail.invalid',
          ALERT_EMAIL_TO: 'somebody@mail.invalid',
          TELEGRAM_CHAT_ID: '-1',
          PROMETHEUS_REMOTE_WRITE_URL: `http://${host}:9/api/v1/write`,
        },
        file,
      )
      project.run('up', '--detach', '--build', '--wait', '--wait-timeout', '240')
    })
    afterAll(() => {
      project.remove()
      for (const server of listening) server.close()
    })

    /** An HTTP server for containers. Returns its port. */
    async function listen(port: number, answer: (body: string) => string): Promise<number> {
      const server = createServer((request, response) => {
        let body = ''
        response.setHeader('content-type', 'text/plain; version=0.0.4')
        request.on('data', (chunk) => (body += String(chunk))).on('end', () => response.end(answer(body)))
      })
      listening.push(server)
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
      return (server.address() as AddressInfo).port
    }

    const urlOf = (service: (typeof published)[number], path: string) => `http://127.0.0.1:${portOf[service]}${path}`
    const get = async (service: (typeof published)[number], path: string) => {
      const response = await fetch(urlOf(service, path))
      if (!response.ok) throw new Error(`Expected ${path} of ${service} to answer 200, was ${response.status}`)
      return response.text()
    }
    const json = async <T>(service: (typeof published)[number], path: string) =>
      JSON.parse(await get(service, path)) as T
    const isHealthy = (service: string) => project.inspect(service).State.Health?.Status === 'healthy'
    const logOf = (service: string) => {
      const { stdout, stderr } = project.try('logs', '--no-log-prefix', '--no-color', service)
      return stdout + stderr
    }

    it('starts the servers healthy, and completes the one-shots', () => {
      expect(servers.filter((service) => !isHealthy(service))).toEqual([])
      const ended = oneShots.map((service) => project.inspect(service).State)
      expect(ended.map(({ Status, ExitCode }) => `${Status} ${ExitCode}`)).toEqual(oneShots.map(() => 'exited 0'))
    })

    it('scrapes the planes on the host, and itself', async () => {
      interface Targets {
        readonly data: {
          readonly activeTargets: readonly { readonly labels: { readonly job: string }; readonly health: string }[]
        }
      }
      const up = async () => {
        const { data } = await json<Targets>('prometheus', '/api/v1/targets')
        return data.activeTargets.filter(({ health }) => health === 'up').map(({ labels }) => labels.job)
      }
      const jobs = ['alertmanager', 'data-plane', 'data-plane-book', 'node', 'order-plane', 'prometheus', 'pushgateway']
      const all = [...jobs, 'strategy-plane']
      expect((await eventually(up, (found) => found.length >= all.length, 60_000)).sort()).toEqual(all)
    })

    it("has the rules, without an error, and serves a runbook's page", async () => {
      interface Rules {
        readonly data: { readonly groups: readonly { readonly rules: readonly { name: string; health: string }[] }[] }
      }
      const byHealth = async () => {
        const { data } = await json<Rules>('prometheus', '/api/v1/rules')
        const rules = data.groups.flatMap((group) => group.rules)
        const namesOf = (health: string) => rules.filter((rule) => rule.health === health).map(({ name }) => name)
        return { ok: namesOf('ok'), err: namesOf('err') }
      }
      const evaluated = await eventually(byHealth, ({ ok }) => ok.includes('KillSwitchTriggered'), 60_000)
      expect(evaluated.ok).toContain('Watchdog')
      expect(evaluated.err).toEqual([])
      expect(await get('prometheus', '/consoles/runbooks/KillSwitchTriggered.html')).toContain('KillSwitchTriggered')
    })

    it('gives Grafana its data sources and dashboards', async () => {
      const sources = await json<{ name: string; type: string }[]>('grafana', '/api/datasources')
      expect(sources.map(({ name, type }) => `${name}: ${type}`)).toEqual([
        'Prometheus: prometheus',
        'Postgres: grafana-postgresql-datasource',
        'Alertmanager: alertmanager',
      ])
      const files = readdirSync(join(root, 'infrastructure/grafana/dashboards')).filter((name) =>
        name.endsWith('.json'),
      )
      expect(files.length).toBeGreaterThan(0)
      expect(await json<unknown[]>('grafana', '/api/search')).toHaveLength(files.length)
    })

    it('runs as ordinary users, without capabilities, on read-only roots, with limits', () => {
      for (const service of servers) {
        const { Config, HostConfig } = project.inspect(service)
        expect(Config.User).toMatch(/^(65534|472:0)$/)
        expect(HostConfig).toMatchObject({
          ReadonlyRootfs: true,
          CapDrop: ['ALL'],
          RestartPolicy: { Name: 'unless-stopped' },
        })
        expect(HostConfig.Memory).toBeGreaterThan(0)
      }
      expect(project.exec('node-exporter', 'touch', '/host/tmp/x').stderr).toContain('Read-only file system')
    })

    it('publishes on loopback only, and node exporter not at all', () => {
      for (const service of published) {
        const bindings = Object.values(project.inspect(service).HostConfig.PortBindings).flat()
        expect(bindings).toEqual([{ HostIp: '127.0.0.1', HostPort: portOf[service] }])
      }
      expect(project.inspect('node-exporter').HostConfig.PortBindings).toEqual({})
    })

    it("keeps secrets out of environments, of `docker inspect` and of the servers' output", async () => {
      const ids = docker('ps', '--all', '--quiet', '--filter', `label=com.docker.compose.project=${project.name}`)
      const printed = project.run('run', '--rm', '--no-TTY', 'secrets', 'print').trim().split('\n')
      const hidden = [...Object.values(secrets), ...printed.map((line) => line.split(' ').at(-1) ?? '')]
      expect(hidden).toHaveLength(12)
      const told = [
        docker('inspect', ...ids.stdout.trim().split('\n')).stdout,
        await get('alertmanager', '/api/v2/status'),
        await get('prometheus', '/api/v1/status/config'),
        ...oneShots.map(logOf),
      ].join('\n')
      expect(told).toContain('slack_configs')
      expect(hidden.filter((secret) => told.includes(secret) || told.includes(JSON.stringify(secret)))).toEqual([])
      // They still arrived, letter by letter.
      const files = project.exec('alertmanager', 'sh', '-c', 'cat /etc/alertmanager/secrets/*').stdout
      const { PROMETHEUS_REMOTE_WRITE_TOKEN: token, ...ofAlertmanager } = secrets
      expect(Object.values(ofAlertmanager).filter((secret) => !files.includes(secret))).toEqual([])
      expect(project.exec('prometheus', 'sh', '-c', 'cat /etc/prometheus/secrets/*').stdout).toContain(token)
    })

    it('keeps pushed metrics across a restart', async () => {
      const body = 'pipeline_last_success_timestamp_seconds{dag_id="backfill"} 1\n'
      const { status } = await fetch(urlOf('pushgateway', '/metrics/job/backfill'), { method: 'PUT', body })
      expect(status).toBe(200)
      project.run('restart', 'pushgateway')
      const metrics = () => get('pushgateway', '/metrics')
      expect(await eventually(metrics, Boolean, 60_000)).toMatch(/^pipeline_last_success_.*dag_id="backfill".* 1$/m)
    })

    it('starts Grafana again when its password has changed, once', async () => {
      const { StartedAt } = project.inspect('grafana').State
      project.set({ GRAFANA_PASSWORD: 'a.password~of-mine' })
      project.run('up', '--detach')
      const again = () => project.inspect('grafana').State
      const restarted = await eventually(
        again,
        (state) => state.StartedAt !== StartedAt && state.Health?.Status === 'healthy',
        60_000,
      )
      expect(project.exec('grafana', 'cat', '/run/secrets/grafana-password').stdout).toBe('a.password~of-mine')
      // The next health checks find the same secrets as the one before.
      const looks = () => {
        const { stdout } = docker('inspect', '--format', '{{len .State.Health.Log}}', `${project.name}-grafana-1`)
        return Number(stdout)
      }
      await eventually(looks, (count) => count >= 3, 60_000)
      expect(again().StartedAt).toBe(restarted.StartedAt)
    })

    it('has Grafana store a changed password in its database, once', () => {
      // Grafana itself is not available here: a command in its place records its input.
      const volume = `${project.name}_grafana-data:/var/lib/grafana`
      const inside = ['--workdir', '/var/lib/grafana', '--entrypoint', 'sh', images.grafana, '-ec']
      const inVolume = (script: string) =>
        docker('run', '--rm', '--user', '472:0', '--volume', volume, ...inside, script)
      const path = 'PATH=/var/lib/grafana:/usr/bin:/bin'
      const told = () => {
        project.run('run', '--rm', '--no-TTY', '--env', path, 'grafana-password')
        return inVolume('touch told; cat told; rm told').stdout
      }
      const fake = '#!/bin/sh\necho "$@" >> /var/lib/grafana/told\ncat >> /var/lib/grafana/told\n'
      // As after a restore: there is a database with an unknown password.
      const made = inVolume(`echo x > grafana.db; rm .password-applied; printf '${fake}' > grafana; chmod +x grafana`)
      expect(made).toMatchObject({ code: 0, stderr: '' })
      const command = 'cli admin reset-admin-password --password-from-stdin'
      expect(told()).toBe(`${command}\na.password~of-mine`)
      expect(told()).toBe('')
      project.set({ GRAFANA_PASSWORD: 'another.password~of-mine' })
      expect(told()).toBe(`${command}\nanother.password~of-mine`)
      expect(told()).toBe('')
    })

    it('sends alerts to Alertmanager', async () => {
      interface Alert {
        readonly labels: { readonly alertname: string }
      }
      const names = async () =>
        (await json<Alert[]>('alertmanager', '/api/v2/alerts')).map(({ labels }) => labels.alertname)
      // An alert that fires before Alertmanager is found is sent again after a minute.
      expect(await eventually(names, (all) => all.includes('Watchdog'), 120_000)).toContain('Watchdog')
    })

    it('accepts a channel that .env adds later, without a restart', async () => {
      let calls = 0
      const port = await listen(0, () => String(++calls))
      const startedAt = project.inspect('alertmanager').State.StartedAt
      project.set({ DEADMAN_URL: `http://host.docker.internal:${port}/alive` })
      project.run('up', '--detach', '--wait')
      expect(await eventually(() => calls, Boolean, 120_000)).toBeGreaterThan(0)
      expect(project.inspect('alertmanager').State.StartedAt).toBe(startedAt)
    })

    it('refuses an invalid setting, names it, and leaves the running servers unchanged', () => {
      project.set({ SMTP_TLS: 'perhaps' })
      expect(project.try('up', '--detach').code).not.toBe(0)
      expect(logOf('monitoring-config').trim().split('\n').slice(-2).join('\n')).toContain('smtp.tls')
      project.set({ SMTP_TLS: undefined })
      expect(isHealthy('alertmanager')).toBe(true)
    })

    it('is the same from the folder infrastructure', () => {
      const configOf = (path: string) => {
        const { code, stdout } = docker('compose', '--file', path, 'config', '--format', 'json')
        expect(code).toBe(0)
        const { name, services, volumes, configs } = JSON.parse(stdout) as Record<string, unknown>
        return { name, services, volumes, configs }
      }
      expect(configOf(`infrastructure/${file}`)).toEqual(configOf(file))
    })

    it('names the images that the container tests start', () => {
      const text = readFileSync(join(root, file), 'utf8')
      for (const name of ['prometheus', 'alertmanager', 'grafana', 'pushgateway', 'nodeExporter'] as const) {
        expect(text).toContain(`:-${images[name]}}`)
      }
    })
  },
)

/** Escapes values for .env, where ComposeProject puts them in single quotes. */
function quoted(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, value.replaceAll("'", "\\'")]))
}
