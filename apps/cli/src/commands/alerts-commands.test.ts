import { aDeadPlane, CliWorld } from '../../test/cli-world.ts'
import { aFiringAlert, FakeAlertmanager } from '../../test/fake-alertmanager.ts'

let world: CliWorld
let alertmanager: FakeAlertmanager
beforeEach(async () => {
  world = new CliWorld()
  alertmanager = await new FakeAlertmanager().start()
  world.environment = { ALERTMANAGER_URL: `${alertmanager.url}/` }
})
afterEach(() => alertmanager.stop())

describe('alerts test', () => {
  it('sends an alert that resolves by itself, and reports the channels that accepted it', async () => {
    expect(await world.run('alerts', 'test', '--severity', 'critical', '--plane', 'order')).toBe(0)
    expect(alertmanager.asked).toMatchObject([
      [
        'POST',
        '/api/v2/alerts',
        [
          {
            labels: { alertname: 'TestAlert', severity: 'critical', plane: 'order', test: '01010101' },
            annotations: {
              summary: 'This is a test: nothing is wrong.',
              description: expect.stringMatching(/^ann sent it/),
            },
          },
        ],
      ],
    ])
    const [{ startsAt, endsAt }] = alertmanager.asked[0]?.[2] as [{ startsAt: string; endsAt: string }]
    expect(Date.parse(endsAt) - Date.parse(startsAt)).toBe(60_000)
    expect(world.output).toMatchInlineSnapshot(`
           "TestAlert, severity critical, plane order, went to the receiver warning.
           channel  outcome
           slack    sent
           email    sent
           "
        `)
    expect(world.messages).toBe('')
  })

  it('is a warning of the platform by default, as JSON too', async () => {
    expect(await world.json('alerts', 'test')).toEqual({
      code: 0,
      value: {
        labels: { alertname: 'TestAlert', severity: 'warning', plane: 'platform', test: '01010101' },
        receivers: ['warning'],
        channels: { slack: 'sent', email: 'sent' },
      },
    })
  })

  it('fails when a channel refuses, or was never tried', async () => {
    alertmanager.channels = { slack: [2, 2], email: [0, 0] }
    expect(await world.run('alerts', 'test', '--wait', '1')).toBe(1)
    expect(world.output).toContain('slack    failed\nemail    waiting\n')
    expect(world.messages).toMatch(
      /^triplane: Expected every channel to take the message within 1 s, was: slack failed, email waiting\./,
    )
  })

  it('accepts a second attempt that succeeds', async () => {
    alertmanager.channels = { slack: [2, 1], email: [1, 0] }
    expect(await world.run('alerts', 'test')).toBe(0)
  })

  it('fails when no receiver has a channel', async () => {
    alertmanager.receivers = [{ name: 'nobody' }]
    expect(await world.run('alerts', 'test', '--severity', 'error')).toBe(1)
    expect(world.output).toBe('TestAlert, severity error, plane platform, went to the receiver nobody.\n')
    expect(world.messages).toBe(
      'triplane: Expected a channel for alerts of severity error, found none: they go nowhere. See .env.example\n',
    )
    expect(await world.run('alerts', 'test', '--severity', 'info')).toBe(0)
  })

  it('fails when the alert is muted, and names the reason', async () => {
    const down = aFiringAlert({ alertname: 'PlaneUnreachable' })
    alertmanager.firing.push(down)
    alertmanager.status = { inhibitedBy: [down.fingerprint], silencedBy: ['a-silence'] }
    expect(await world.run('alerts', 'test')).toBe(1)
    expect(world.messages).toBe(
      'triplane: Expected somebody to be told, was nobody: inhibited by PlaneUnreachable, silenced by a-silence\n',
    )
  })

  it.each([
    ['a severity that is none', ['--severity', 'urgent']],
    ['a plane that is none', ['--plane', 'moon']],
    ['a wait without end', ['--wait', '100000']],
  ])('refuses %s', async (_, flags) => {
    expect(await world.run('alerts', 'test', ...flags)).toBe(2)
    expect(alertmanager.asked).toEqual([])
  })
})

describe('alerts list', () => {
  it('shows the firing alerts, the worst first, and why one notifies no one', async () => {
    const down = aFiringAlert({ alertname: 'PlaneUnreachable', severity: 'info', plane: 'order' })
    const status = { state: 'suppressed', inhibitedBy: [down.fingerprint], silencedBy: [], mutedBy: [] }
    alertmanager.firing.push(
      down,
      aFiringAlert(
        { alertname: 'HighSpread', severity: 'warning', plane: 'data', source: 'ibkr_rt', symbol: 'SPY' },
        { status: { ...status, inhibitedBy: [], silencedBy: ['a-silence'], mutedBy: ['us-equity-hours'] } },
      ),
      aFiringAlert({ alertname: 'Odd' }),
      aFiringAlert({ alertname: 'HighTradeLatency', severity: 'error', plane: 'order' }, { status }),
      aFiringAlert(
        { alertname: 'OrderPlaneDown', severity: 'critical', plane: 'order' },
        { startsAt: '2026-01-02T03:06:00.000Z' },
      ),
    )
    expect(await world.run('alerts', 'list')).toBe(0)
    expect(world.output).toMatchInlineSnapshot(`
      "alert             severity  plane  since                     state                                              labels
      OrderPlaneDown    critical  order  2026-01-02 03:06:00.000Z  active                                             -
      HighTradeLatency  error     order  2026-01-02 03:04:05.000Z  inhibited by PlaneUnreachable                      -
      HighSpread        warning   data   2026-01-02 03:04:05.000Z  silenced by a-silence, outside of us-equity-hours  source=ibkr_rt symbol=SPY
      PlaneUnreachable  info      order  2026-01-02 03:04:05.000Z  active                                             -
      Odd               -         -      2026-01-02 03:04:05.000Z  active                                             -
      "
    `)
    const { value } = await world.json<{ alerts: { name: string; state: string }[] }>('alerts', 'list')
    expect(value.alerts.map(({ name }) => name)).toEqual([
      'OrderPlaneDown',
      'HighTradeLatency',
      'HighSpread',
      'PlaneUnreachable',
      'Odd',
    ])
  })

  it('reports that nothing fires', async () => {
    expect(await world.run('alerts', 'list')).toBe(0)
    expect(world.output).toBe('No alert fires.\n')
  })

  it('fails when Alertmanager is down', async () => {
    const url = await aDeadPlane()
    world.environment = { ALERTMANAGER_URL: url }
    expect(await world.run('alerts', 'list')).toBe(1)
    expect(world.messages).toBe(`triplane: Expected Alertmanager at ${url} to answer, was: ECONNREFUSED\n`)
  })

  it('needs a valid address', async () => {
    world.environment = { ALERTMANAGER_URL: 'alertmanager:9093' }
    expect(await world.run('alerts', 'list')).toBe(2)
    expect(world.messages).toContain('Expected ALERTMANAGER_URL to name addresses')
  })
})

describe('alerts silence', () => {
  it('creates a silence and shows what it silences now', async () => {
    alertmanager.firing.push(
      aFiringAlert(
        { alertname: 'FeedDown' },
        { status: { state: 'suppressed', inhibitedBy: [], silencedBy: ['a-silence'], mutedBy: [] } },
      ),
      aFiringAlert({ alertname: 'Other' }),
    )
    const argv = [
      'alerts',
      'silence',
      'FeedDown',
      'symbol=~"BTC.*"',
      'source!=sim',
      '--for',
      '1h30m',
      '--why',
      'the venue is shut',
    ]
    expect(await world.run(...argv)).toBe(0)
    const { startsAt, endsAt, ...silence } = alertmanager.asked[0]?.[2] as Record<string, string>
    expect(alertmanager.asked[0]?.slice(0, 2)).toEqual(['POST', '/api/v2/silences'])
    expect(silence).toEqual({
      matchers: [
        { name: 'alertname', value: 'FeedDown', isRegex: false, isEqual: true },
        { name: 'symbol', value: 'BTC.*', isRegex: true, isEqual: true },
        { name: 'source', value: 'sim', isRegex: false, isEqual: false },
      ],
      createdBy: 'ann',
      comment: 'the venue is shut',
    })
    expect(Date.parse(String(endsAt)) - Date.parse(String(startsAt))).toBe(5_400_000)
    expect(world.output.replace(/until .*\./, 'until then.')).toBe(
      [
        'a-silence: alertname="FeedDown" symbol=~"BTC.*" source!="sim" until then.',
        'Of the alerts that fire now it silences 1.',
        '',
      ].join('\n'),
    )
  })

  it('accepts another author', async () => {
    const { value } = await world.json('alerts', 'silence', 'A', '--for', '5m', '--why', 'x', '--who', 'bob')
    expect(value).toMatchObject({ id: 'a-silence', createdBy: 'bob', alerts: [] })
  })

  it.each([
    ['no matcher', ['--for', '1h', '--why', 'x'], "missing required argument 'matcher'"],
    ['no end', ['A', '--why', 'x'], "required option '--for <duration>' not specified"],
    ['no reason', ['A', '--for', '1h'], "required option '--why <text>' not specified"],
    ['a time that is none', ['A', '--for', 'ever', '--why', 'x'], 'Expected a duration such as 30m, 1h or 2d.'],
    ['no time at all', ['A', '--for', '0s', '--why', 'x'], 'Expected a duration such as 30m, 1h or 2d.'],
    ['no matcher but words', ['a b', '--for', '1h', '--why', 'x'], 'Expected matchers such as FeedDown'],
    ['a pattern that is none', ['a=~"("', '--for', '1h', '--why', 'x'], 'Expected a pattern in a=~"(".'],
  ])('refuses %s', async (_, flags, message) => {
    expect(await world.run('alerts', 'silence', ...flags)).toBe(2)
    expect(world.messages).toContain(message)
    expect(alertmanager.asked).toEqual([])
  })
})

describe('alerts silences and unsilence', () => {
  const silence = {
    id: 'a-silence',
    matchers: [{ name: 'symbol', value: 'a"b', isRegex: true, isEqual: false }],
    startsAt: '2026-01-02T03:04:05.000Z',
    endsAt: '2026-01-02T04:04:05.000Z',
    createdBy: 'ann',
    comment: 'a drill',
    status: { state: 'active' },
  }

  it('show the silences that have not expired, and expire one', async () => {
    alertmanager.silences = [silence, { ...silence, id: 'old', status: { state: 'expired' } }]
    expect(await world.run('alerts', 'silences')).toBe(0)
    expect(world.output).toMatchInlineSnapshot(`
      "id         alerts          until                     by   why      state
      a-silence  symbol!~"a\\"b"  2026-01-02 04:04:05.000Z  ann  a drill  active
      "
    `)
    expect(await world.run('alerts', 'unsilence', 'a-silence')).toBe(0)
    expect(world.output).toBe('The silence a-silence has ended.\n')
    expect(alertmanager.asked).toEqual([['DELETE', '/api/v2/silence/a-silence', undefined]])
  })

  it('fail when there is no such silence', async () => {
    expect(await world.run('alerts', 'unsilence', 'b')).toBe(1)
    expect(world.messages).toMatch(/to end the silence b, was: HTTP 404, .*not found/)
  })
})
