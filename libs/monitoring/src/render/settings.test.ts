import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { loadMonitoringSettings, monitoringVariables } from './settings.ts'

/** The lines of the error message for these variables. */
function complaints(environment: Readonly<Record<string, string>>): string[] {
  try {
    loadMonitoringSettings(environment)
  } catch (error) {
    return (error as Error).message.split('\n  ').slice(1)
  }
  return []
}

describe('the settings of the monitoring stack', () => {
  it('have defaults, and an empty variable counts as unset', () => {
    expect(loadMonitoringSettings({ SLACK_WEBHOOK_URL: '', SMTP_HOST: '', HOME: '/root', SLACK_BOT: 'x' })).toEqual({
      slack: {},
      smtp: { port: 587 },
      pagerduty: {},
      telegram: {},
      alert: {},
      deadman: {},
      grafana: { url: 'http://localhost:3000' },
      prometheus: { url: 'http://localhost:9090', externalLabels: [] },
      book: { scrapeInterval: '1s' },
      triplane: { targets: 'compose' },
    })
  })

  it('are variables without a prefix', () => {
    const settings = loadMonitoringSettings({
      SLACK_WEBHOOK_URL_CRITICAL: 'https://hooks.slack.com/services/a/b/c',
      TELEGRAM_BOT_TOKEN: '1:a',
      TELEGRAM_CHAT_ID: '-100123',
      GRAFANA_URL: 'https://grafana.example/sub/',
      PROMETHEUS_EXTERNAL_LABELS: 'site=seoul, stage=live',
      TRIPLANE_TARGETS: 'host',
    })
    expect(settings).toMatchObject({
      slack: { webhookUrlCritical: 'https://hooks.slack.com/services/a/b/c' },
      telegram: { botToken: '1:a', chatId: -100123 },
      grafana: { url: 'https://grafana.example/sub' },
      prometheus: { externalLabels: ['site=seoul', 'stage=live'] },
      triplane: { targets: 'host' },
    })
  })

  describe('secrets', () => {
    const folder = mkdtempSync(join(tmpdir(), 'triplane-settings-'))
    const file = join(folder, 'secret')
    writeFileSync(file, 'https://example.com/from-a-file\n')
    afterAll(() => rmSync(folder, { recursive: true }))

    it.each([
      'SLACK_WEBHOOK_URL',
      'SLACK_WEBHOOK_URL_CRITICAL',
      'SLACK_WEBHOOK_URL_WARNING',
      'PAGERDUTY_ROUTING_KEY',
      'ALERT_WEBHOOK_URL',
      'DEADMAN_URL',
    ])('%s may come as a file', (name) => {
      const found = JSON.stringify(loadMonitoringSettings({ [`${name}_FILE`]: file }))
      expect(found).toContain('"https://example.com/from-a-file"')
    })

    it('in a file count as set', () => {
      const wanted = { SMTP_HOST: 'mail', SMTP_FROM: 'a@b', ALERT_EMAIL_TO: 'c@d', SMTP_USERNAME: 'ann' }
      expect(complaints(wanted)).toEqual(['SMTP_PASSWORD: expected to be set with SMTP_USERNAME, found nothing'])
      expect(complaints({ ...wanted, SMTP_PASSWORD_FILE: file })).toEqual([])
    })

    it('are not shown', () => {
      expect(complaints({ DEADMAN_URL: 'secret', SLACK_WEBHOOK_URL: 'secret', SMTP_PASS: 'secret' })).toEqual([
        'slack.webhookUrl (SLACK_WEBHOOK_URL): expected a valid url, found ***',
        'deadman.url (DEADMAN_URL): expected a valid url, found ***',
        expect.stringMatching(/^SMTP_PASS: expected a variable that is known \(SMTP_HOST, .*\), found \*\*\*$/),
      ])
    })
  })

  it.each([
    [
      'a webhook that is none',
      { SLACK_WEBHOOK_URL: 'ftp://x/' },
      ['slack.webhookUrl (SLACK_WEBHOOK_URL): expected a valid url, found ***'],
    ],
    [
      'a letter too few',
      { SLACK_WEBHOK_URL: 'x' },
      ['SLACK_WEBHOK_URL: expected a variable that is known (SLACK_WEBHOOK_URL), found ***'],
    ],
    [
      'a letter too many',
      { DEADMANN_URL: 'x' },
      ['DEADMANN_URL: expected a variable that is known (DEADMAN_URL), found ***'],
    ],
    [
      'what nobody reads',
      { ALERT_WEBHOOK_USER: 'x' },
      [expect.stringMatching(/^ALERT_WEBHOOK_USER: expected a variable that is known \(ALERT_EMAIL_TO, /)],
    ],
    ['a port in words', { SMTP_PORT: 'submission' }, ['smtp.port (SMTP_PORT): expected number, found "submission"']],
    [
      'a chat by name',
      { TELEGRAM_CHAT_ID: '@ops', TELEGRAM_BOT_TOKEN: 'x' },
      ['telegram.chatId (TELEGRAM_CHAT_ID): expected number, found "@ops"'],
    ],
    [
      'a recipient without a server',
      { ALERT_EMAIL_TO: 'a@b' },
      [
        'SMTP_HOST: expected to be set with ALERT_EMAIL_TO, found nothing',
        'SMTP_FROM: expected to be set with ALERT_EMAIL_TO, found nothing',
      ],
    ],
    [
      'a token without a webhook',
      { ALERT_WEBHOOK_TOKEN: 'x' },
      ['ALERT_WEBHOOK_URL: expected to be set with ALERT_WEBHOOK_TOKEN, found nothing'],
    ],
    [
      'a bot without a chat',
      { TELEGRAM_BOT_TOKEN: 'x' },
      ['TELEGRAM_CHAT_ID: expected to be set with TELEGRAM_BOT_TOKEN, found nothing'],
    ],
    [
      'an address with a query',
      { GRAFANA_URL: 'http://g/?x=1' },
      ['grafana.url (GRAFANA_URL): expected an address without user, query and fragment, found "http://g/?x=1"'],
    ],
    [
      'a password in an address',
      { PROMETHEUS_REMOTE_WRITE_URL: 'http://u:p@h/w' },
      [
        'prometheus.remoteWriteUrl (PROMETHEUS_REMOTE_WRITE_URL): expected an address without a user: there are settings for that, found "http://u:***@h/w"',
      ],
    ],
    [
      'two ways to log in',
      {
        PROMETHEUS_REMOTE_WRITE_URL: 'http://h/w',
        PROMETHEUS_REMOTE_WRITE_TOKEN: 'x',
        PROMETHEUS_REMOTE_WRITE_USERNAME: 'u',
        PROMETHEUS_REMOTE_WRITE_PASSWORD: 'p',
      },
      ['PROMETHEUS_REMOTE_WRITE_TOKEN: expected either this or PROMETHEUS_REMOTE_WRITE_USERNAME, found both'],
    ],
    [
      'other targets',
      { TRIPLANE_TARGETS: 'both' },
      ['triplane.targets (TRIPLANE_TARGETS): expected one of "compose"|"host", found "both"'],
    ],
    [
      'an interval in words',
      { BOOK_SCRAPE_INTERVAL: 'fast' },
      ['book.scrapeInterval (BOOK_SCRAPE_INTERVAL): expected a duration such as 1s, found "fast"'],
    ],
    [
      'a label without a value',
      { PROMETHEUS_EXTERNAL_LABELS: 'site' },
      ['prometheus.externalLabels[0] (PROMETHEUS_EXTERNAL_LABELS): expected labels such as site=seoul, found "site"'],
    ],
  ])('refuse %s', (_, environment, message) => {
    expect(complaints(environment as Record<string, string>)).toEqual(message)
  })

  it('are refused with every mistake at once', () => {
    expect(complaints({ SMTP_PORT: '0', SMTP_HOST: 'mail', SLACK_WEBHOOK: 'x', TRIPLANE_TARGETS: 'x' })).toHaveLength(5)
  })

  it('are all forwarded by compose', () => {
    const file = join(__dirname, '../../../../docker-compose.monitoring.yml')
    const { configs } = parse(readFileSync(file, 'utf8'), { merge: true }) as Record<string, Record<string, Content>>
    const handed = configs?.['monitoring-settings']?.content.trim().split('\n') ?? []
    expect(handed.map((line) => line.replace(/=.*/, '')).sort()).toEqual([...monitoringVariables].sort())
  })
})

interface Content {
  readonly content: string
}
