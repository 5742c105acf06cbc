import { describeWithDocker, startKafka } from '@triplane/testing/containers'
import { Monitoring } from './monitoring.ts'
import { PagerDutyReceiver } from './pagerduty-receiver.ts'
import { SlackReceiver } from './slack-receiver.ts'
import { StandaloneProcess } from './standalone-process.ts'
import { buildApps, eagerStrategy, Stack, until } from './stack.ts'

/** The longest delay of a message after its cause, milliseconds; the wait of the rule comes on top. */
const MESSAGE_MS = 15_000
const RESOLVED_MS = 60_000
const DIVISOR = 20
/** The wait of a Down alert, shortened. */
const DOWN_FOR_MS = 120_000 / DIVISOR

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describeWithDocker(['prometheus', 'alertmanager'], 'an alert, from a metric to the message', () => {
  let slack: SlackReceiver
  let pagerDuty: PagerDutyReceiver
  let app: StandaloneProcess
  let monitoring: Monitoring

  beforeAll(() => buildApps('standalone'), 120_000)
  beforeEach(async () => {
    slack = await SlackReceiver.start()
    pagerDuty = await PagerDutyReceiver.start()
  })
  afterEach(async () => {
    await Promise.all([monitoring?.remove(), app?.stop()])
    await Promise.all([slack.stop(), pagerDuty.stop()])
  }, 60_000)

  async function watch(urls: StandaloneProcess['urls']): Promise<void> {
    monitoring = await Monitoring.start({
      urls,
      environment: {
        SLACK_WEBHOOK_URL: slack.webhook('all'),
        SLACK_WEBHOOK_URL_CRITICAL: slack.webhook('critical'),
        SLACK_WEBHOOK_URL_WARNING: slack.webhook('warning'),
        ...pagerDuty.environment,
      },
      divisor: DIVISOR,
    })
  }

  it('a kill switch that trips is one page and one message to the critical channel, and one when it is re-armed', async () => {
    // In reality the switch trips long before FeedDown; these rules wait a twentieth of their time.
    const settings = { TRIPLANE_STRATEGY_KILL_SWITCHES_SILENCE_LIMIT_MS: '2000' }
    app = await StandaloneProcess.start(['--scenario', 'feed-outage', '--speed', '2', '--duration', '1h'], settings)
    const isConnected = () => app.shows('data', /^data_feed_connected\{.*\} 1$/m)
    await until('the feed is up', isConnected, 60_000)
    await watch(app.urls)
    const isActive = /^strategy_kill_switch_active\{switch_type="stale_data".*\} 1$/m
    await until('the switch tripped', () => app.shows('strategy', isActive), 60_000)
    const firing = () => slack.about('KillSwitchTriggered', 'FIRING')
    await until('a message', () => firing().length > 0, MESSAGE_MS)
    const [message] = firing()
    expect(message).toMatchObject({ webhook: 'critical' })
    expect(message?.title).toMatch(/^\[FIRING:1\] KillSwitchTriggered .*critical/)
    expect(message?.text).toContain('stale_data')
    expect(message?.text).toContain('/consoles/runbooks/KillSwitchTriggered.html')
    expect(message?.text).toContain('/d/triplane-strategy?viewPanel=')
    expect(message?.text).toContain('/#/silences/new')
    await until('a page', () => pagerDuty.incidents.length > 0, MESSAGE_MS)
    expect(pagerDuty.incidents[0]?.summary).toContain('KillSwitchTriggered')

    // The market is back, for long enough that the switch does not trip again.
    await until('data is back', isConnected, 60_000)
    await sleep(5_000)
    expect(await app.rearm()).toBe(200)
    await until('the switch re-armed', async () => !(await app.shows('strategy', isActive)), 10_000)
    await until('a resolved message', () => slack.about('KillSwitchTriggered', 'RESOLVED').length > 0, RESOLVED_MS)
    expect(slack.about('KillSwitchTriggered', 'RESOLVED')).toHaveLength(1)
    expect(firing()).toHaveLength(1)
    expect(slack.messages.filter(({ webhook }) => webhook === 'critical')).toHaveLength(2)
    await until('the page is over', () => pagerDuty.incidents.every(({ isOpen }) => !isOpen), MESSAGE_MS)
    expect(pagerDuty.incidents).toHaveLength(1)
  }, 240_000)

  it('market data that arrives late is a message', async () => {
    // From its 90th second on the venue's clock falls behind, which looks the same as growing delays.
    app = await StandaloneProcess.start([
      '--scenario',
      'clock-drift',
      '--speed',
      '3',
      '--storage',
      'off',
      '--duration',
      '9m',
    ])
    await watch(app.urls)
    await until('a message', () => slack.about('HighDataLatency', 'FIRING').length > 0, 120_000)
    const [message] = slack.about('HighDataLatency', 'FIRING')
    expect(message).toMatchObject({ webhook: 'warning' })
    expect(message?.text).toMatch(/The 95th percentile of freshness of sim is/)
    const ahead = await monitoring.query('sum(data_ntp_rejects_total)')
    expect(Number(ahead[0]?.values[0]?.[1])).toBeGreaterThan(1000)
  }, 240_000)

  it('orders that are acknowledged late are a message', async () => {
    app = await StandaloneProcess.start(['--seed', '3', '--storage', 'off'], {
      ...eagerStrategy,
      TRIPLANE_ORDER_PAPER_ACK_LATENCY_MS: '1500',
      TRIPLANE_ORDER_PAPER_FILL_LATENCY_MS: '1500',
    })
    await watch(app.urls)
    const isLate = async () =>
      (await monitoring.query('ALERTS{alertname="HighTradeLatency",alertstate="firing"}')).length > 0
    await until('the breach has lasted', isLate, 120_000)
    await until('a message', () => slack.about('HighTradeLatency', 'FIRING').length > 0, MESSAGE_MS)
    expect(slack.about('HighTradeLatency', 'FIRING')).toHaveLength(1)
    expect(slack.about('HighTradeLatency', 'FIRING')[0]).toMatchObject({ webhook: 'all' })
    expect(slack.about('HighTradeLatency', 'FIRING')[0]?.text).toContain('/d/triplane-order?viewPanel=')
  }, 240_000)
})

describeWithDocker(['kafka', 'prometheus', 'alertmanager'], 'a plane that is killed', () => {
  let kafka: Awaited<ReturnType<typeof startKafka>>

  beforeAll(async () => {
    buildApps('data-plane', 'strategy-plane', 'order-plane')
    kafka = await startKafka()
  }, 240_000)
  afterAll(() => kafka?.remove(), 60_000)

  /** Alerts that this machine and this strategy cause anyway: the tests load it, and the strategy buys much. */
  const OF_THE_TEST = /^(EventLoopLagHigh|LargePositionOpened) /

  /** The alerts that reach people after the plane was killed, once its Down alert and its consequences have fired. */
  async function toldAfterKilling(
    plane: 'data' | 'order' | 'strategy',
    runId: string,
    { first, resolves = true, settings = {} }: { first: string; resolves?: boolean; settings?: Record<string, string> },
  ) {
    const slack = await SlackReceiver.start()
    const pagerDuty = await PagerDutyReceiver.start()
    const { TRIPLANE_STRATEGY_KILL_SWITCHES_SILENCE_LIMIT_MS: _long, ...eager } = eagerStrategy
    const stack = await Stack.at(kafka.brokers, { ...eager, ...settings })
    let monitoring: Monitoring | undefined
    try {
      await stack.startRun({ runId, mode: 'live', venues: ['sim'], seed: 5 })
      stack.start()
      await stack.traded()
      const { data, order, strategy } = stack
      const watching = await Monitoring.start({
        urls: { data: data.url, order: order.url, strategy: strategy.url },
        environment: { SLACK_WEBHOOK_URL: slack.webhook('all'), ...pagerDuty.environment },
        divisor: DIVISOR,
      })
      monitoring = watching
      await until('all is scraped', async () => (await watching.query('up{job=~".*-plane"} == 1')).length === 3)
      const beating = 'count by (stage) (triplane_heartbeat_timestamp_seconds)'
      await until('a heartbeat of every stage', async () => (await watching.query(beating)).length === 3)
      await sleep(MESSAGE_MS)
      const heard = async () => (await watching.heard()).filter((one) => !OF_THE_TEST.test(one))
      expect(await heard()).toEqual([])

      await stack[plane].kill()
      await until(`a message of ${first}`, () => slack.about(first, 'FIRING').length > 0, DOWN_FOR_MS + MESSAGE_MS)
      await sleep(MESSAGE_MS)
      const told = await heard()
      const titles = slack.messages.map(({ title }) => title.split(' ')[1])
      expect(titles).toEqual(expect.arrayContaining(told.map((one) => one.split(' ')[0])))

      stack[plane].start()
      if (resolves) {
        await until('a resolved message', () => slack.about(first, 'RESOLVED').length > 0, RESOLVED_MS)
        // Alertmanager posts to each channel separately, and again after a slow answer: neither waits for the other.
        await until('the page is over', () => pagerDuty.incidents.every(({ isOpen }) => !isOpen), RESOLVED_MS)
      }
      expect(slack.about(first, 'FIRING')).toHaveLength(1)
      const ofThis = slack.messages.filter(({ title }) => !OF_THE_TEST.test(title.split(' ').slice(1).join(' ')))
      return {
        told,
        text: slack.messages.map((message) => message.text).join('\n'),
        titles: ofThis.map(({ title }) => title),
        incidents: pagerDuty.incidents,
      }
    } finally {
      await Promise.all([monitoring?.remove(), stack.remove()])
      await Promise.all([slack.stop(), pagerDuty.stop()])
    }
  }

  it('is its Down alert and nothing else, for the order plane', async () => {
    const { told } = await toldAfterKilling('order', 'e2ea1001', { first: 'OrderPlaneDown' })
    expect(told).toEqual(['OrderPlaneDown critical'])
  }, 300_000)

  it('is its Down alert and the reduced trading that follows, for the strategy plane', async () => {
    const { told, titles, incidents } = await toldAfterKilling('strategy', 'e2ea1002', { first: 'StrategyPlaneDown' })
    expect(told).toEqual(['StrategyPlaneDown critical', 'TradingHalted warning'])
    expect(incidents).toEqual([{ summary: expect.stringContaining('StrategyPlaneDown'), isOpen: false }])
    expect(titles.filter((title) => title.startsWith('[FIRING'))).toHaveLength(2)
  }, 300_000)

  it('is the switch stale_data alone, which mutes the Down alert and the halt, for the data plane', async () => {
    // In reality the switch trips long before a Down alert; these rules wait a twentieth of their time.
    const settings = { TRIPLANE_STRATEGY_KILL_SWITCHES_SILENCE_LIMIT_MS: '2000' }
    const { told, text, titles, incidents } = await toldAfterKilling('data', 'e2ea1003', {
      first: 'KillSwitchTriggered',
      resolves: false,
      settings,
    })
    expect(told).toEqual(['KillSwitchTriggered critical'])
    expect(text).toContain('stale_data')
    expect(incidents).toEqual([{ summary: expect.stringContaining('KillSwitchTriggered'), isOpen: true }])
    expect(titles).toHaveLength(1)
  }, 300_000)
})
