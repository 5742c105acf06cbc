import { describeWithDocker, type ContainerFile } from '@triplane/testing/containers'
import { alertPlanes, severities } from '../src/alert.ts'
import { alertmanagerConfig } from '../src/alertmanager/alertmanager-config.ts'
import { neverMuted } from '../src/alertmanager/inhibition.ts'
import { yamlText } from '../src/own-rules/yaml-text.ts'
import { loadMonitoringSettings } from '../src/render/settings.ts'
import { eventually, Receiver, TestAlertmanager, type Labels, type SeenAlert } from './monitoring-servers.ts'

/** Possible settings, by kind of channel; each combination is a separate configuration. */
const channels: readonly Readonly<Record<string, string>>[] = [
  { SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/a' },
  { SLACK_WEBHOOK_URL_CRITICAL: 'https://hooks.slack.com/services/b' },
  { SLACK_WEBHOOK_URL_WARNING: 'https://hooks.slack.com/services/c' },
  { SMTP_HOST: 'mail.example', SMTP_FROM: 'Triplane <a@example.com>', ALERT_EMAIL_TO: 'b@example.com, c@example.com' },
  { PAGERDUTY_ROUTING_KEY: 'key', PAGERDUTY_URL: 'https://events.eu.pagerduty.com/v2/enqueue' },
  { TELEGRAM_BOT_TOKEN: '1:token', TELEGRAM_CHAT_ID: '-1001234567890' },
  { ALERT_WEBHOOK_URL: 'https://hook.example/', ALERT_WEBHOOK_TOKEN: 'token' },
  { DEADMAN_URL: 'https://deadman.example/' },
]
const combinations = Array.from(
  { length: 2 ** channels.length },
  (_, bits) => Object.assign({}, ...channels.filter((_one, i) => bits & (1 << i))) as Readonly<Record<string, string>>,
)
const mail = { SMTP_HOST: 'mail', SMTP_FROM: 'a@b.example', ALERT_EMAIL_TO: 'c@d.example' }
const mails = [
  { ...mail, SMTP_USERNAME: 'ann', SMTP_PASSWORD: 'p', SMTP_TLS: 'starttls' },
  { ...mail, SMTP_PORT: '465', SMTP_TLS: 'implicit' },
  { ...mail, SMTP_TLS: 'none' },
]

const FILE = '/etc/alertmanager/alertmanager.yml'
const NEVER = { name: 'us-equity-hours', time_intervals: [{ years: ['1999'] }] }

/** Every combination beside the active file, in which New York's exchanges never open. */
function withCombinations(files: readonly ContainerFile[]): readonly ContainerFile[] {
  const configurations = [...combinations, ...mails].map((environment, i) => {
    const { file } = alertmanagerConfig(loadMonitoringSettings(environment), '/etc/alertmanager')
    return { target: `/etc/alertmanager/combination-${i}.yml`, content: yamlText(file) }
  })
  const closed = files.map((file) => {
    const [before] = file.content.split('time_intervals:\n  - name: us-equity-hours')
    return file.target === FILE ? { ...file, content: `${before}time_intervals: ${JSON.stringify([NEVER])}\n` } : file
  })
  return [...closed, ...configurations]
}

describeWithDocker(['alertmanager'], "Alertmanager's configuration", () => {
  jest.setTimeout(120_000)
  const receiver = new Receiver()
  let alertmanager: TestAlertmanager
  beforeAll(async () => {
    await receiver.start()
    alertmanager = await TestAlertmanager.start({ ALERT_WEBHOOK_URL: `${receiver.url}/` }, withCombinations)
  })
  afterAll(async () => {
    await alertmanager?.server.remove()
    await receiver.stop()
  })

  it(`passes amtool check-config for all ${2 ** channels.length} combinations of channels, and every way to send mail`, async () => {
    const output = await alertmanager.run('sh', '-c', 'amtool check-config /etc/alertmanager/combination-*.yml')
    expect(output.match(/combination-\d+\.yml' +SUCCESS/g)).toHaveLength(combinations.length + mails.length)
    expect(output.match(/ - 5 receivers/g)).toHaveLength(combinations.length + mails.length)
    expect(output).not.toContain('FAILED')
  })

  describe('routes', () => {
    const receiverOf = { critical: 'critical', error: 'error', warning: 'warning', info: 'nobody', none: 'nobody' }
    const table: readonly (readonly [labels: Labels, receiver: string])[] = [
      ...severities
        .flatMap((severity) =>
          alertPlanes.map((plane) => [{ alertname: 'A', severity, plane }, receiverOf[severity]] as const),
        )
        .map(([labels, receiver]) => {
          const isOfTheMachine = labels.plane === 'platform' && labels.severity === 'warning'
          return [labels, isOfTheMachine ? 'error' : receiver] as const
        }),
      ...neverMuted.map((alertname) => [{ alertname, severity: 'critical', plane: 'order' }, 'critical'] as const),
      [{ alertname: 'Watchdog', severity: 'none', plane: 'platform' }, 'deadman'],
      [
        { alertname: 'A', severity: 'warning', plane: 'data', source: 'ibkr_rt', exchange: 'ibkr', symbol: 'SPY' },
        'warning',
      ],
      [
        { alertname: 'A', severity: 'critical', plane: 'data', source: 'ibkr_rt', exchange: 'ibkr', symbol: 'SPY' },
        'critical',
      ],
      [{ alertname: 'A' }, 'warning'],
      [{ alertname: 'A', severity: 'page', plane: 'order' }, 'warning'],
    ]

    it('lead each severity of each plane to its receiver, and unknown ones to that for warnings', async () => {
      const commands = table.map(([labels]) => {
        const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
        return `amtool config routes test --config.file=${FILE} ${pairs.join(' ')} 2> /dev/null`
      })
      const output = await alertmanager.run('sh', '-c', commands.join(' && '))
      expect(output.trim().split('\n')).toEqual(table.map(([, receiver]) => receiver))
    })

    it('admit warnings about US equities in trading hours only, and about pairs always', async () => {
      const base = { alertname: 'HighSpread', plane: 'data', severity: 'warning' }
      const spy = { ...base, source: 'ibkr_rt', exchange: 'ibkr', symbol: 'SPY' }
      const open = [
        { ...base, source: 'ibkr_rt', exchange: 'ibkr', symbol: 'BTC/USD' },
        { ...base, source: 'binance_ws', exchange: 'binance', symbol: 'BTC/USDT' },
        { ...base, source: 'sim', exchange: 'sim', symbol: 'SPY' },
        { ...spy, alertname: 'MyAlert', severity: 'critical' },
        { ...spy, alertname: 'StrategyDrawdown', plane: 'strategy' },
      ]
      await alertmanager.post([spy, ...open])
      const told = () => receiver.bodies<{ alerts: SeenAlert[] }>('/').flatMap(({ alerts }) => alerts)
      const closed = await eventually(async () => {
        const alerts = (await alertmanager.groups()).flatMap((group) => group.alerts)
        const muted = alerts.filter(({ status }) => status.mutedBy.length > 0)
        return muted.length > 0 && told().length >= open.length ? muted : undefined
      })
      expect(closed.map(({ labels, status }) => [labels, status.mutedBy])).toEqual([[spy, ['us-equity-hours']]])
      expect(told().map(({ labels }) => labels)).toHaveLength(open.length)
      expect(told().map(({ labels }) => labels)).toEqual(expect.arrayContaining(open))
    })
  })
})
