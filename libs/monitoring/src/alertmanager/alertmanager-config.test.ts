import { severities } from '../alert.ts'
import { loadMonitoringSettings } from '../render/settings.ts'
import { alertmanagerConfig } from './alertmanager-config.ts'
import { identityLabels, inhibitRules, neverMuted } from './inhibition.ts'

const make = (environment: Readonly<Record<string, string>>) =>
  alertmanagerConfig(loadMonitoringSettings(environment), '/etc/alertmanager')

const everything = {
  SLACK_WEBHOOK_URL: 'https://slack.example/default',
  SMTP_HOST: 'mail.example',
  SMTP_FROM: 'triplane@example.com',
  SMTP_USERNAME: 'triplane',
  SMTP_PASSWORD: 'password-of-mail',
  ALERT_EMAIL_TO: 'ann@example.com, bob@example.com',
  PAGERDUTY_ROUTING_KEY: 'key-of-pagerduty',
  TELEGRAM_BOT_TOKEN: '1:token',
  TELEGRAM_CHAT_ID: '-100',
  ALERT_WEBHOOK_URL: 'https://hook.example/secret',
  ALERT_WEBHOOK_TOKEN: 'bearer-of-hook',
  DEADMAN_URL: 'https://deadman.example/secret',
}

describe('receivers', () => {
  it('notify through every channel for critical alerts, and through all but the phone for others', () => {
    const { kinds, notices } = make(everything)
    expect(kinds).toEqual({
      critical: ['slack', 'email', 'telegram', 'webhook', 'pagerduty'],
      error: ['slack', 'email', 'telegram', 'webhook'],
      warning: ['slack', 'email', 'telegram', 'webhook'],
      deadman: ['webhook'],
      nobody: [],
    })
    expect(notices).toEqual([])
  })

  it('read secrets from files: the configuration contains none', () => {
    const { file, secrets } = make(everything)
    expect(Object.fromEntries(secrets)).toEqual({
      'slack-critical': everything.SLACK_WEBHOOK_URL,
      'slack-error': everything.SLACK_WEBHOOK_URL,
      'slack-warning': everything.SLACK_WEBHOOK_URL,
      'smtp-password': 'password-of-mail',
      'pagerduty-routing-key': 'key-of-pagerduty',
      'telegram-bot-token': '1:token',
      'webhook-url': everything.ALERT_WEBHOOK_URL,
      'webhook-token': 'bearer-of-hook',
      'deadman-url': everything.DEADMAN_URL,
    })
    const text = JSON.stringify(file)
    for (const [name, secret] of secrets) {
      expect(text).toContain(`"/etc/alertmanager/secrets/${name}"`)
      expect(text).not.toContain(secret)
    }
  })

  it.each([
    ['the channel of all', { SLACK_WEBHOOK_URL: 'http://all/' }, ['http://all/', 'http://all/', 'http://all/']],
    [
      'channels of their own',
      {
        SLACK_WEBHOOK_URL: 'http://all/',
        SLACK_WEBHOOK_URL_CRITICAL: 'http://c/',
        SLACK_WEBHOOK_URL_WARNING: 'http://w/',
      },
      ['http://c/', 'http://all/', 'http://w/'],
    ],
    [
      'those for errors go where warnings go, for want of a better place',
      { SLACK_WEBHOOK_URL_WARNING: 'http://w/' },
      [undefined, 'http://w/', 'http://w/'],
    ],
    ['one for what is critical only', { SLACK_WEBHOOK_URL_CRITICAL: 'http://c/' }, ['http://c/', undefined, undefined]],
  ])('write to Slack: %s', (_, environment, urls) => {
    const { secrets } = make(environment)
    expect(['critical', 'error', 'warning'].map((severity) => secrets.get(`slack-${severity}`))).toEqual(urls)
  })

  it.each([
    ['by default', {}, {}],
    ['starttls', { SMTP_TLS: 'starttls' }, { require_tls: true, force_implicit_tls: false }],
    ['implicit', { SMTP_TLS: 'implicit', SMTP_PORT: '465' }, { require_tls: false, force_implicit_tls: true }],
    ['none', { SMTP_TLS: 'none' }, { require_tls: false, force_implicit_tls: false }],
  ])('encrypt mail %s', (_, environment, expected) => {
    const mail = { SMTP_HOST: 'mail', SMTP_FROM: 'a@b', ALERT_EMAIL_TO: 'c@d' }
    const config = make({ ...mail, ...environment }).file.receivers[0]?.['email_configs']?.[0] as Record<
      string,
      unknown
    >
    const { require_tls, force_implicit_tls } = config
    expect(JSON.parse(JSON.stringify({ require_tls, force_implicit_tls }))).toEqual(expected)
    expect(config['auth_password_file']).toBeUndefined()
  })
})

describe('missing channels are reported', () => {
  const deadman = 'Nobody is told when alerting itself stops. Set DEADMAN_URL.'
  const how = 'Set SLACK_WEBHOOK_URL, SMTP_HOST, TELEGRAM_BOT_TOKEN or ALERT_WEBHOOK_URL.'
  it.each([
    ['everything', {}, [`Alerts go nowhere. ${how}`, deadman]],
    [
      'what does not page',
      { PAGERDUTY_ROUTING_KEY: 'x' },
      [`Alerts of severity error and warning go nowhere. ${how}`, deadman],
    ],
    ['only that alerting stopped', { SLACK_WEBHOOK_URL: 'http://x/' }, [deadman]],
  ])('%s', (_, environment, notices) => expect(make(environment).notices).toEqual(notices))
})

describe('inhibition', () => {
  it.each(neverMuted)('%s is no target of any rule', (name) => {
    for (const { target_matchers } of inhibitRules) expect(isExcluded(name, target_matchers)).toBe(true)
  })

  it('knows the labels of every metric, and the other labels of alerts', () => {
    expect(identityLabels).toEqual(
      expect.arrayContaining(['alertname', 'plane', 'symbol', 'source', 'topic', 'switch_type', 'instance']),
    )
    expect(identityLabels).not.toContain('severity')
  })

  it('mutes nothing of a symbol for a problem at another exchange', () => {
    const ofSymbols = inhibitRules.filter(({ equal = [] }) => equal.includes('symbol'))
    expect(ofSymbols.map(({ name }) => name)).toContain('a feed that is down mutes what follows from it')
    for (const { equal } of ofSymbols) expect(equal).toContain('exchange')
  })

  it('has a rule for each severity that can be worse than another', () => {
    const sources = inhibitRules.map(({ source_matchers }) => source_matchers[0])
    expect(sources.filter((matcher) => matcher?.startsWith('severity'))).toEqual(
      severities.slice(0, -2).map((severity) => `severity="${severity}"`),
    )
  })
})

/** Whether one of the matchers on an alert's name excludes this one. */
function isExcluded(name: string, matchers: readonly string[]): boolean {
  return matchers.some((matcher) => {
    const [, op, value = ''] = /^alertname(=~|!~|=)"(.*)"$/.exec(matcher) ?? []
    const names = value.split('|')
    return op === '!~' ? names.includes(name) : op !== undefined && !names.includes(name)
  })
}
