import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeWithDocker, freePort, images } from '@triplane/testing/containers'
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers'
import { renderMonitoring } from '../src/render/render-monitoring.ts'
import { loadMonitoringSettings } from '../src/render/settings.ts'
import { writeRendered } from '../src/render/write-rendered.ts'
import { eventually, infrastructure, Receiver } from './monitoring-servers.ts'

/** The user that runs both servers; where the files cannot change their owner, it is the current user. */
const NOBODY = 65_534
const isRoot = process.getuid?.() === 0
const user = String(isRoot ? NOBODY : process.getuid?.())

const ownAlerts = `
- name: MineIsDown
  condition: up{job="node"} == 0
  level: error
  message: '{{ $labels.instance }} is down.'
`
const ownRules = 'groups: [{ name: mine, rules: [{ record: "job:up:sum", expr: sum by (job) (up) }] }]'

describeWithDocker(['prometheus', 'alertmanager'], 'the rendered folder, as its readers see it', () => {
  jest.setTimeout(120_000)
  const from = mkdtempSync(join(tmpdir(), 'triplane-infrastructure-'))
  const to = mkdtempSync(join(tmpdir(), 'triplane-rendered-'))
  const receiver = new Receiver()
  const containers: StartedTestContainer[] = []
  let prometheus: string
  let alertmanager: string

  async function start(image: string, folder: string, command: (address: string) => string[]): Promise<string> {
    const address = `127.0.0.1:${await freePort()}`
    const container = await new GenericContainer(image)
      .withNetworkMode('host')
      .withUser(user)
      .withBindMounts([{ source: join(to, folder), target: `/etc/${folder}`, mode: 'ro' }])
      .withTmpFs({ '/data': 'mode=1777' })
      .withCommand(command(address))
      .withWaitStrategy(Wait.forLogMessage(/Listening on|Start listening|Server is ready/))
      .start()
    containers.push(container)
    const isReady = () => fetch(`http://${address}/-/ready`).then(({ ok }) => ok || undefined)
    await eventually(() => isReady().catch(() => undefined))
    return `http://${address}`
  }

  beforeAll(async () => {
    await receiver.start()
    cpSync(infrastructure, from, { recursive: true })
    writeFileSync(join(from, 'prometheus/alert_rules.yaml'), ownAlerts)
    writeFileSync(join(from, 'prometheus/rules.d/mine.yml'), ownRules)
    const settings = loadMonitoringSettings({
      SLACK_WEBHOOK_URL: `${receiver.url}/slack`,
      PROMETHEUS_REMOTE_WRITE_URL: `${receiver.url}/write`,
      PROMETHEUS_REMOTE_WRITE_USERNAME: 'ann',
      PROMETHEUS_REMOTE_WRITE_PASSWORD: 'secret',
      PROMETHEUS_EXTERNAL_LABELS: 'site=seoul',
    })
    const { files } = renderMonitoring({ from, settings, alertmanagerFolder: '/etc/alertmanager' })
    writeRendered(to, files, isRoot ? { uid: NOBODY, gid: NOBODY } : undefined)
    ;[prometheus, alertmanager] = await Promise.all([
      start(images.prometheus, 'prometheus', (address) => [
        '--config.file=/etc/prometheus/prometheus.yml',
        '--storage.tsdb.path=/data',
        '--web.console.templates=/etc/prometheus/consoles',
        `--web.listen-address=${address}`,
      ]),
      start(images.alertmanager, 'alertmanager', (address) => [
        '--config.file=/etc/alertmanager/alertmanager.yml',
        '--storage.path=/data',
        '--cluster.listen-address=',
        `--web.listen-address=${address}`,
      ]),
    ])
  })
  afterAll(async () => {
    await Promise.all(containers.map((container) => container.stop({ timeout: 1000 })))
    await receiver.stop()
    for (const folder of [from, to]) rmSync(folder, { recursive: true })
  })

  const ask = async <T>(path: string) => ((await (await fetch(prometheus + path)).json()) as { data: T }).data

  it.each(['compose', 'host'])('passes promtool check config, with the targets of %s', async (targets) => {
    const { files } = renderMonitoring({
      from,
      settings: loadMonitoringSettings({ TRIPLANE_TARGETS: targets }),
      alertmanagerFolder: '/etc/alertmanager',
    })
    const folder = mkdtempSync(join(tmpdir(), 'triplane-checked-'))
    writeRendered(folder, files)
    const container = await new GenericContainer(images.prometheus)
      .withEntrypoint(['sleep'])
      .withCommand(['60'])
      .withUser('0')
      .withBindMounts([{ source: join(folder, 'prometheus'), target: '/etc/prometheus', mode: 'ro' }])
      .start()
    containers.push(container)
    const { exitCode, output } = await container.exec(['promtool', 'check', 'config', '/etc/prometheus/prometheus.yml'])
    rmSync(folder, { recursive: true })
    expect(output).not.toMatch(/FAILED|error/i)
    expect({ exitCode, rules: output.match(/SUCCESS: \d+ rules found/g)?.length }).toEqual({
      exitCode: 0,
      rules: readdirSync(join(from, 'prometheus/rules')).length + 2,
    })
  })

  it("contains the user's rules beside ours", async () => {
    const { groups } = await ask<{
      groups: { file: string; name: string; rules: { name: string; health: string }[] }[]
    }>('/api/v1/rules')
    const names = groups.flatMap(({ rules }) => rules.map(({ name }) => name))
    expect(names).toEqual(expect.arrayContaining(['MineIsDown', 'job:up:sum', 'KillSwitchTriggered', 'Watchdog']))
  })

  it('has every target in its jobs', async () => {
    interface Target {
      readonly scrapePool: string
      readonly scrapeUrl: string
      readonly scrapeInterval: string
    }
    const active = await eventually(async () => {
      const { activeTargets } = await ask<{ activeTargets: Target[] }>('/api/v1/targets')
      return activeTargets.length === 8 ? activeTargets : undefined
    })
    const rows = active.map(({ scrapePool, scrapeUrl, scrapeInterval }) => [scrapePool, scrapeUrl, scrapeInterval])
    expect(rows.sort()).toEqual([
      ['alertmanager', 'http://alertmanager:9093/metrics', '15s'],
      ['data-plane', 'http://data-plane:8000/metrics?families=core', '1s'],
      ['data-plane-book', 'http://data-plane:8000/metrics?families=book', '1s'],
      ['node', 'http://node-exporter:9100/metrics', '15s'],
      ['order-plane', 'http://order-plane:8001/metrics', '1s'],
      ['prometheus', 'http://localhost:9090/metrics', '15s'],
      ['pushgateway', 'http://pushgateway:9091/metrics', '15s'],
      ['strategy-plane', 'http://strategy-plane:8002/metrics', '1s'],
    ])
  })

  it('lets Prometheus serve every runbook, braces and all', async () => {
    const runbooks = readdirSync(join(from, 'runbooks')).map((file) => file.replace(/\.md$/, ''))
    for (const name of runbooks) {
      const response = await fetch(`${prometheus}/consoles/runbooks/${name}.html`)
      expect({ name, status: response.status, type: response.headers.get('content-type') }).toEqual({
        name,
        status: 200,
        type: 'text/html; charset=utf-8',
      })
      const page = await response.text()
      expect(page).toContain(`<title>${name}</title>`)
      expect(page).not.toContain('error executing template')
    }
    const page = await (await fetch(`${prometheus}/consoles/runbooks/HighUnrealizedLoss.html`)).text()
    expect(page.replaceAll('&#123;', '{').replaceAll('&quot;', '"')).toContain('crypto_price{type="last"}')
    expect(page).toContain('href="TradingHalted.html"')
  })

  it('gives Prometheus the password of remote write', async () => {
    const { headers } = await eventually(() => receiver.received.find(({ path }) => path === '/write'))
    expect(headers.authorization).toBe(`Basic ${Buffer.from('ann:secret').toString('base64')}`)
    expect(headers['content-type']).toBe('application/x-protobuf')
  })

  it("gives Alertmanager Slack's secret", async () => {
    const alert = {
      labels: { alertname: 'A', severity: 'critical', plane: 'order' },
      annotations: { summary: 'It is.' },
    }
    const headers = { 'content-type': 'application/json' }
    await fetch(`${alertmanager}/api/v2/alerts`, { method: 'POST', headers, body: JSON.stringify([alert]) })
    const [message] = await eventually(() => {
      const found = receiver.bodies<{ attachments: { text: string }[] }>('/slack')
      return found.length > 0 ? found : undefined
    })
    expect(message?.attachments[0]?.text).toContain('*It is.*')
  })
})
