import { describeWithDocker } from '@triplane/testing/containers'
import { MailServer } from './mail-server.ts'
import { eventually, Receiver, TestAlertmanager, type Labels } from './monitoring-servers.ts'

interface SlackMessage {
  readonly username: string
  readonly attachments: readonly [{ readonly title: string; readonly text: string; readonly color: string }]
}

const trip = {
  alertname: 'KillSwitchTriggered',
  severity: 'critical',
  plane: 'strategy',
  switch_type: 'stale_data',
  symbol: 'BTC/USDT',
}
const runbook = 'http://localhost:9090/consoles/runbooks/KillSwitchTriggered.html'
const dashboard = 'http://localhost:3000/d/triplane-strategy?viewPanel=panel-1&var-a=b'
const annotations = {
  summary: 'A kill switch has tripped: <nothing> is traded & all orders are cancelled.',
  description: 'The switch stale_data is active: 7.5 s > 5 s.',
  runbook_url: runbook,
  dashboard_url: dashboard,
}

/** The form in Alertmanager, with the group's labels. */
const silence = (alertmanager: string, labels: Labels) => {
  const matchers = Object.entries(labels).sort(([a], [b]) =>
    a === 'alertname' ? -1 : b === 'alertname' ? 1 : a < b ? -1 : 1,
  )
  const filter = matchers.map(([name, value]) => encodeURIComponent(`${name}=${JSON.stringify(value)}`)).join('%2C')
  return `${alertmanager}/#/silences/new?filter=%7B${filter}%7D`
}

describeWithDocker(['alertmanager'], 'messages, as a real Alertmanager sends them', () => {
  jest.setTimeout(120_000)
  const receiver = new Receiver()
  const mail = new MailServer()
  let alertmanager: TestAlertmanager
  let external = ''

  beforeAll(async () => {
    await Promise.all([receiver.start(), mail.start()])
    alertmanager = await TestAlertmanager.start({
      SLACK_WEBHOOK_URL: `${receiver.url}/slack`,
      SLACK_WEBHOOK_URL_CRITICAL: `${receiver.url}/slack-critical`,
      SLACK_WEBHOOK_URL_WARNING: `${receiver.url}/slack-warning`,
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(mail.port),
      SMTP_FROM: 'triplane@example.com',
      SMTP_USERNAME: 'triplane',
      SMTP_PASSWORD: 'secret of the mail',
      SMTP_TLS: 'none',
      ALERT_EMAIL_TO: 'ann@example.com',
      PAGERDUTY_ROUTING_KEY: 'key of PagerDuty',
      PAGERDUTY_URL: `${receiver.url}/pagerduty`,
      TELEGRAM_BOT_TOKEN: '7:token',
      TELEGRAM_CHAT_ID: '-100',
      TELEGRAM_API_URL: receiver.url,
      ALERT_WEBHOOK_URL: `${receiver.url}/webhook`,
      ALERT_WEBHOOK_TOKEN: 'bearer of the webhook',
      DEADMAN_URL: `${receiver.url}/deadman`,
    })
  })
  afterAll(async () => {
    await alertmanager?.server.remove()
    await Promise.all([receiver.stop(), mail.stop()])
  })

  const slack = (path: string) => receiver.bodies<SlackMessage>(path).map(({ attachments }) => attachments[0])
  const first = <T>(find: () => readonly T[]) => eventually(() => find()[0])

  it('Alertmanager shows no secret when asked for its configuration', async () => {
    const { config } = (await (await fetch(`${alertmanager.url}/api/v2/status`)).json()) as {
      config: { original: string }
    }
    expect(config.original).toContain('routing_key_file: /etc/alertmanager/secrets/pagerduty-routing-key')
    expect(config.original).not.toMatch(/secret of the mail|key of PagerDuty|7:token|bearer of/)
  })

  describe('a kill switch that trips', () => {
    beforeAll(() => alertmanager.post([trip], annotations))

    it('is announced in Slack, with its description and links', async () => {
      const { title, text, color } = await first(() => slack('/slack-critical'))
      external = /<(http:[^|]*)\/#\/silences/.exec(text)?.[1] ?? ''
      expect(title).toBe('[FIRING:1] KillSwitchTriggered | strategy | critical')
      expect(text.split('\n')).toEqual([
        '*A kill switch has tripped: &lt;nothing&gt; is traded &amp; all orders are cancelled.*',
        '• The switch stale_data is active: 7.5 s &gt; 5 s.',
        [
          `<${runbook}|Runbook>`,
          `<${dashboard.replace('&', '&amp;')}|Dashboard>`,
          `<${silence(external, trip)}|Silence>`,
          '<http://localhost:9090/graph?g0.expr=up+%3D%3D+0&amp;g0.tab=1|Query> ',
        ].join(' '),
      ])
      expect(color).toBe('danger')
    })

    it('is announced by e-mail, after a login', async () => {
      const [head = '', ...parts] = (await first(() => mail.mails)).split('\r\n\r\n')
      expect(head).toContain('Subject: [FIRING:1] KillSwitchTriggered | strategy | critical')
      expect(head).toContain('To: ann@example.com')
      // Quoted-printable: long lines are broken, = is =3D.
      const body = parts.join('\r\n\r\n').replaceAll('=\r\n', '').replaceAll('=3D', '=')
      expect(body).toContain(
        '<p>A kill switch has tripped: &lt;nothing&gt; is traded &amp; all orders are cancelled.</p>',
      )
      expect(body).toContain('<li>The switch stale_data is active: 7.5 s &gt; 5 s.')
      expect(body).toContain(`<a href="${runbook}">Runbook</a>`)
      expect(body.toLowerCase()).toContain(`<a href="${silence(external, trip)}">Silence</a>`.toLowerCase())
      expect(mail.logins).toEqual(['triplane secret of the mail'])
    })

    it('calls by PagerDuty', async () => {
      const event = await first(() => receiver.bodies<Record<string, unknown>>('/pagerduty'))
      expect(event).toMatchObject({
        routing_key: 'key of PagerDuty',
        event_action: 'trigger',
        client: 'Triplane',
        links: [{ href: runbook }, { href: dashboard }],
        payload: {
          summary: `[FIRING:1] KillSwitchTriggered | strategy | critical: ${annotations.summary}`,
          severity: 'critical',
          class: 'KillSwitchTriggered',
          component: 'strategy',
          // Alertmanager parses "a: b" as YAML, so the annotations look different.
          custom_details: { firing: [{ labels: trip }] },
        },
      })
    })

    it('is announced in Telegram, with sound', async () => {
      const message = await first(() => receiver.bodies<Record<string, string>>('/bot7:token/sendMessage'))
      expect(message).toMatchObject({ chat_id: '-100', parse_mode: 'HTML' })
      expect(message['disable_notification']).toBeUndefined()
      expect(message['text']?.split('\n')).toEqual([
        '<b>[FIRING:1] KillSwitchTriggered | strategy | critical</b>',
        'A kill switch has tripped: &lt;nothing&gt; is traded &amp; all orders are cancelled.',
        'The switch stale_data is active: 7.5 s &gt; 5 s.',
        expect.stringMatching(
          /^<a href="[^"]*KillSwitchTriggered\.html">Runbook<\/a> <a href="[^"]*">Dashboard<\/a> <a href="[^"]*">Silence<\/a>$/,
        ),
      ])
    })

    it('goes to a webhook, with its token', async () => {
      const { body, headers } = await eventually(() => receiver.received.find(({ path }) => path === '/webhook'))
      expect(headers.authorization).toBe('Bearer bearer of the webhook')
      expect(JSON.parse(body)).toMatchObject({ status: 'firing', commonLabels: trip, commonAnnotations: annotations })
    })

    it('is one message everywhere, and another when it is resolved', async () => {
      await alertmanager.post([trip], annotations, false)
      const [, resolved] = await eventually(() => {
        const messages = slack('/slack-critical')
        return messages.length > 1 ? messages : undefined
      })
      expect(resolved).toMatchObject({ title: '[RESOLVED] KillSwitchTriggered | strategy | critical', color: 'good' })
      expect(resolved?.text).toContain('• resolved: The switch stale_data is active: 7.5 s &gt; 5 s.')
      const counts = () => [
        slack('/slack-critical').length,
        mail.mails.length,
        receiver.bodies('/pagerduty').length,
        receiver.bodies('/bot7:token/sendMessage').length,
        receiver.bodies('/webhook').length,
      ]
      await eventually(() => (counts().every((count) => count === 2) ? true : undefined))
      expect(slack('/slack')).toEqual([])
      expect(slack('/slack-warning')).toEqual([])
    })
  })

  it('errors, warnings and the heartbeat go their separate ways; info goes nowhere', async () => {
    await alertmanager.post([
      { alertname: 'Quiet', severity: 'info', plane: 'data' },
      { alertname: 'Latency', severity: 'error', plane: 'order' },
      { alertname: 'Spread', severity: 'warning', plane: 'data' },
      { alertname: 'Watchdog', severity: 'none', plane: 'platform' },
    ])
    expect(await first(() => slack('/slack'))).toMatchObject({
      title: '[FIRING:1] Latency | order | error',
      color: 'danger',
    })
    expect(await first(() => slack('/slack-warning'))).toMatchObject({
      title: '[FIRING:1] Spread | data | warning',
      color: 'warning',
    })
    await first(() => receiver.bodies('/deadman'))
    const telegram = await eventually(() =>
      receiver.bodies<Record<string, string>>('/bot7:token/sendMessage').find(({ text }) => text?.includes('Spread')),
    )
    expect(telegram['disable_notification']).toBe('true')
    const pages = receiver.received.filter(({ path }) => path === '/pagerduty' || path === '/slack-critical')
    expect(pages.filter(({ body }) => /Latency|Spread|Watchdog/.test(body))).toEqual([])
    expect(receiver.received.filter(({ body }) => body.includes('Quiet'))).toEqual([])
    expect(receiver.received.filter(({ path, body }) => path !== '/deadman' && body.includes('Watchdog'))).toEqual([])
  })

  it('five alerts of the machine are one message that names each', async () => {
    const names = ['HighCPUUsage', 'HighMemoryUsage', 'LowDiskSpace', 'DiskFillsSoon', 'EventLoopLagHigh']
    for (const [i, alertname] of names.entries())
      await alertmanager.post([{ alertname, severity: i === 4 ? 'error' : 'warning', plane: 'platform' }], {
        summary: `Summary of ${alertname}.`,
        description: `Description of ${alertname}.`,
        runbook_url: `http://runbooks/${alertname}`,
      })
    const { title, text } = await eventually(() => slack('/slack').find((one) => one.title.includes('HighCPUUsage')))
    expect(title).toMatch(/^\[FIRING:5\] \w+(, \w+){4} \| platform$/)
    for (const name of names) {
      expect(title).toContain(name)
      expect(text).toContain(`• ${name}: Description of ${name}. <http://runbooks/${name}|Runbook>`)
    }
    expect(slack('/slack').filter((one) => one.title.includes('DiskFillsSoon'))).toHaveLength(1)
    expect(slack('/slack-warning').filter((one) => one.title.includes('DiskFillsSoon'))).toEqual([])
  }, 90_000)

  it('the critical alerts of one plane are one page, and an alert that is never muted has its own page', async () => {
    const pages = () =>
      receiver
        .bodies<{ dedup_key: string; payload: { summary: string } }>('/pagerduty')
        .filter(({ payload }) => /Alpha|Beta|ForeignRecord|HighUnrealizedLoss/.test(payload.summary))
    const critical = { severity: 'critical', plane: 'order' }
    await alertmanager.post(
      ['Alpha', 'Beta', 'ForeignRecord', 'HighUnrealizedLoss'].map((alertname) => ({ alertname, ...critical })),
      annotations,
    )
    await eventually(() => (pages().length >= 3 ? true : undefined))
    const summaries = pages().map(({ payload }) => payload.summary)
    expect(summaries.filter((one) => /Alpha, Beta|Beta, Alpha/.test(one))).toHaveLength(1)
    expect(new Set(pages().map(({ dedup_key }) => dedup_key)).size).toBe(3)
  })

  it('many alerts of one name are one short message', async () => {
    const alerts = Array.from({ length: 12 }, (_, i) => ({
      alertname: 'Many',
      severity: 'error',
      plane: 'data',
      symbol: `S${i}`,
    }))
    await alertmanager.post(alerts, { ...annotations, description: 'Too much.' })
    const { title, text } = await eventually(() => slack('/slack').find((one) => one.title.includes('Many')))
    expect(title).toBe('[FIRING:12] Many | data | error')
    expect(text.match(/• Too much\./g)).toHaveLength(10)
    expect(text).toContain('\nand more, 12 in all\n')
  })

  it("a user's own words appear once", async () => {
    await alertmanager.post([{ alertname: 'Mine', severity: 'error', plane: 'order' }], {
      summary: 'Look.',
      description: 'Look.',
    })
    const { text } = await eventually(() => slack('/slack').find((one) => one.title.includes('Mine')))
    expect(text.split('\n')[0]).toBe('*Look.*')
    expect(text).not.toContain('•')
  })

  it('a webhook that answers 500 and then 429 gets its message after its recovery; the failures are counted', async () => {
    const failed = 'alertmanager_notifications_failed_total{integration="slack"'
    expect(await alertmanager.metric(failed)).toBe(0)
    const before = slack('/slack-critical').length
    const again = { ...trip, switch_type: 'pnl', instance: 'again' }
    const only = ['500', '429']
    receiver.failing = { path: '/slack-critical', statuses: only.map(Number) }
    await alertmanager.post([again], annotations)
    const delivered = await eventually(() => {
      const after = slack('/slack-critical').slice(before)
      return after.length > only.length ? after : undefined
    })
    expect(delivered.map(({ title }) => title)).toEqual(
      Array(3).fill('[FIRING:1] KillSwitchTriggered | strategy | critical'),
    )
    expect(await alertmanager.metric(failed)).toBeGreaterThan(0)
    expect(await alertmanager.metric('alertmanager_notification_requests_failed_total{integration="slack"')).toBe(2)
  })
})
