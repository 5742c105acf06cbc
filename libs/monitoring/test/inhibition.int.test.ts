import { describeWithDocker } from '@triplane/testing/containers'
import { neverMuted } from '../src/alertmanager/inhibition.ts'
import { eventually, TestAlertmanager, type Labels, type SeenAlert } from './monitoring-servers.ts'

const alert = (alertname: string, plane: string, severity: string, more: Labels = {}): Labels => ({
  alertname,
  plane,
  severity,
  ...more,
})
const unreachable = (plane: string) => alert('PlaneUnreachable', plane, 'info', { job: `${plane}-plane` })
const btc = { source: 'binance_ws', exchange: 'binance', symbol: 'BTC/USDT' }
const eth = { source: 'binance_ws', exchange: 'binance', symbol: 'ETH/USDT' }

interface Case {
  readonly name: string
  /** The alerts that mute. */
  readonly source: readonly Labels[]
  readonly muted: readonly Labels[]
  /** The alerts that must not be muted. */
  readonly heard: readonly Labels[]
}

const cases: readonly Case[] = [
  {
    name: 'an unreachable data plane mutes all of its alerts but its Down alert, and the heartbeat',
    source: [unreachable('data')],
    muted: [
      alert('FeedDown', 'data', 'critical', btc),
      alert('BookInvalid', 'data', 'warning', btc),
      alert('HighDataLatency', 'data', 'warning'),
      alert('BusLagHigh', 'data', 'critical', { topic: 'market.events.v2' }),
      alert('MyOwnAlert', 'data', 'critical'),
      alert('HeartbeatMissing', 'platform', 'critical'),
    ],
    heard: [
      alert('DataPlaneDown', 'data', 'critical', { job: 'data-plane' }),
      alert('PlaneRestarting', 'data', 'error', { job: 'data-plane' }),
      alert('BusLagHigh', 'order', 'critical', { topic: 'market.events.v2' }),
      alert('HighCPUUsage', 'platform', 'warning'),
      alert('BatchJobFailed', 'jobs', 'warning'),
      alert('Watchdog', 'platform', 'none'),
    ],
  },
  {
    name: 'a plane that restarts mutes nothing',
    source: [alert('PlaneRestarting', 'data', 'error', { job: 'data-plane' })],
    muted: [],
    heard: [
      alert('FeedDown', 'data', 'critical', btc),
      alert('BookInvalid', 'data', 'warning', eth),
      alert('DataPlaneDown', 'data', 'critical', { job: 'data-plane' }),
      alert('HeartbeatMissing', 'platform', 'critical'),
    ],
  },
  {
    name: 'an unreachable order plane',
    source: [unreachable('order')],
    muted: [
      alert('HighTradeLatency', 'order', 'error'),
      alert('TradingBotDown', 'order', 'critical', { job: 'order-plane' }),
      alert('ServiceDown', 'order', 'critical', { job: 'venue' }),
      alert('SubmitToAckBudgetBurn', 'order', 'critical', { slo: 'submit-to-ack' }),
      alert('HeartbeatMissing', 'platform', 'critical'),
    ],
    heard: [
      alert('OrderPlaneDown', 'order', 'critical', { job: 'order-plane' }),
      alert('ServiceDown', 'platform', 'critical', { job: 'node' }),
      alert('FeedDown', 'data', 'critical', btc),
    ],
  },
  {
    name: 'an unreachable strategy plane',
    source: [unreachable('strategy')],
    muted: [
      alert('KillSwitchNear', 'strategy', 'warning', { switch_type: 'pnl' }),
      alert('StrategyDrawdown', 'strategy', 'warning', { strategy: 'OFI' }),
      alert('HeartbeatMissing', 'platform', 'critical'),
    ],
    heard: [
      alert('StrategyPlaneDown', 'strategy', 'critical', { job: 'strategy-plane' }),
      alert('HighTradeLatency', 'order', 'error'),
    ],
  },
  {
    name: 'what is no plane has no Down alert that would be left',
    // The last two only show that the first two have been ingested.
    source: [unreachable('platform'), unreachable('jobs'), alert('TradingHalted', 'order', 'critical')],
    muted: [alert('NoTradingActivity', 'order', 'warning')],
    heard: [
      alert('HeartbeatMissing', 'platform', 'critical'),
      alert('ServiceDown', 'platform', 'critical'),
      alert('BatchJobStale', 'jobs', 'warning'),
    ],
  },
  {
    name: 'OrderPlaneDown mutes the same by other names',
    source: [alert('OrderPlaneDown', 'order', 'critical', { job: 'order-plane' })],
    muted: [
      alert('TradingBotDown', 'order', 'critical', { job: 'order-plane' }),
      alert('ServiceDown', 'order', 'critical', { job: 'venue' }),
    ],
    heard: [alert('ServiceDown', 'platform', 'critical', { job: 'node' }), alert('HighTradeLatency', 'order', 'error')],
  },
  {
    name: 'a feed that is down mutes what follows from it, of the same source, exchange and symbol',
    source: [alert('FeedDown', 'data', 'critical', btc), alert('FeedDown', 'data', 'critical')],
    muted: [
      alert('BookInvalid', 'data', 'warning', btc),
      alert('HighSpread', 'data', 'warning', btc),
      alert('MarketDataStale', 'data', 'error', btc),
      alert('DataGaps', 'data', 'warning', btc),
    ],
    heard: [
      alert('BookInvalid', 'data', 'warning', eth),
      alert('MarketDataStale', 'data', 'error', { ...btc, source: 'ibkr_rt' }),
      alert('BookInvalid', 'data', 'warning', { ...btc, exchange: 'kraken' }),
      alert('HighDataLatency', 'data', 'warning', btc),
      // To Alertmanager, a label missing from both is equal.
      alert('DataGaps', 'data', 'warning'),
    ],
  },
  {
    name: 'a kill switch mutes the halt that it is, and what that one mutes; not that trading is reduced',
    source: [
      alert('KillSwitchTriggered', 'strategy', 'critical', { switch_type: 'pnl' }),
      alert('KillSwitchTriggered', 'strategy', 'critical', { switch_type: 'drawdown' }),
    ],
    muted: [alert('TradingHalted', 'order', 'critical', { state: 'halted' })],
    heard: [
      alert('TradingHalted', 'order', 'warning', { state: 'reducing' }),
      alert('DataPlaneDown', 'data', 'critical', { job: 'data-plane' }),
      alert('FeedDown', 'data', 'critical', btc),
    ],
  },
  {
    name: 'the switch for silent data mutes what silenced it',
    source: [alert('KillSwitchTriggered', 'strategy', 'critical', { switch_type: 'stale_data' })],
    muted: [
      alert('DataPlaneDown', 'data', 'critical', { job: 'data-plane' }),
      alert('FeedDown', 'data', 'critical', btc),
      alert('TradingHalted', 'order', 'critical', { state: 'halted' }),
    ],
    heard: [
      alert('OrderPlaneDown', 'order', 'critical', { job: 'order-plane' }),
      alert('StrategyPlaneDown', 'strategy', 'critical', { job: 'strategy-plane' }),
      alert('HeartbeatMissing', 'platform', 'critical'),
    ],
  },
  {
    name: 'a plane that does not answer mutes no halt: what it was last known to be',
    source: [unreachable('order')],
    muted: [alert('HighTradeLatency', 'order', 'error')],
    heard: [alert('TradingHalted', 'order', 'critical', { state: 'halted' })],
  },
  ...['critical', 'warning'].map((severity) => ({
    name: `a halt mutes that nothing is traded (${severity})`,
    source: [alert('TradingHalted', 'order', severity, { state: 'halted' })],
    muted: [alert('NoTradingActivity', 'order', 'warning')],
    heard: [alert('HighOrderErrorRate', 'order', 'warning')],
  })),
  {
    name: "an SLO's page mutes its ticket",
    source: [alert('BookValidityBudgetBurn', 'data', 'critical', { slo: 'book-validity', ...btc })],
    muted: [alert('BookValidityBudgetBurn', 'data', 'warning', { slo: 'book-validity', ...btc })],
    heard: [
      alert('BookValidityBudgetBurn', 'data', 'warning', { slo: 'book-validity', ...eth }),
      alert('BookValidityBudgetBurn', 'data', 'warning', { slo: 'book-validity', ...btc, exchange: 'kraken' }),
      alert('TickFreshnessBudgetBurn', 'data', 'warning', { slo: 'tick-freshness', ...btc }),
    ],
  },
  {
    name: 'the higher severity of an alert mutes the lower',
    source: [
      alert('BusLagHigh', 'order', 'critical', { topic: 'a', instance: 'i' }),
      alert('MyOwnAlert', 'order', 'error'),
      alert('MyOtherAlert', 'order', 'warning'),
    ],
    muted: [
      alert('BusLagHigh', 'order', 'error', { topic: 'a', instance: 'i' }),
      alert('BusLagHigh', 'order', 'warning', { topic: 'a', instance: 'i' }),
      alert('BusLagHigh', 'order', 'info', { topic: 'a', instance: 'i' }),
      alert('MyOwnAlert', 'order', 'warning'),
      alert('MyOwnAlert', 'order', 'info'),
      alert('MyOtherAlert', 'order', 'info'),
    ],
    heard: [
      alert('BusLagHigh', 'order', 'warning', { topic: 'b', instance: 'i' }),
      alert('BusLagHigh', 'order', 'warning', { topic: 'a', instance: 'j' }),
      alert('BusLagHigh', 'data', 'warning', { topic: 'a', instance: 'i' }),
    ],
  },
  {
    name: 'what must page is never muted: not by its plane, not by a feed, a halt or the worse of its own',
    source: [
      ...['data', 'order', 'strategy'].map(unreachable),
      alert('OrderPlaneDown', 'order', 'critical'),
      alert('FeedDown', 'data', 'critical', btc),
      alert('TradingHalted', 'order', 'critical', btc),
    ],
    muted: [
      alert('BookInvalid', 'data', 'warning', btc),
      alert('HighTradeLatency', 'order', 'error'),
      alert('KillSwitchNear', 'strategy', 'warning'),
      alert('TradingBotDown', 'order', 'critical'),
      alert('NoTradingActivity', 'order', 'warning'),
    ],
    heard: neverMuted.flatMap((name) =>
      ['data', 'order', 'strategy', 'platform'].flatMap((plane) =>
        ['critical', 'error', 'warning', 'info'].map((severity) => alert(name, plane, severity, btc)),
      ),
    ),
  },
]

describeWithDocker(['alertmanager'], 'inhibition, as a real Alertmanager has it', () => {
  jest.setTimeout(120_000)
  let alertmanager: TestAlertmanager
  beforeAll(async () => void (alertmanager = await TestAlertmanager.start({})))
  afterAll(() => alertmanager?.server.remove())

  it.each(cases)('$name', async ({ source, muted, heard }) => {
    const posted = [...source, ...muted, ...heard]
    await alertmanager.post(posted)
    try {
      const seen = await eventually(async () => {
        const alerts = await alertmanager.alerts()
        return posted.every((labels) => find(alerts, labels)) && muted.every((labels) => isMuted(alerts, labels))
          ? alerts
          : undefined
      })
      const sources = source.map((labels) => find(seen, labels)?.fingerprint)
      for (const labels of muted) {
        const by = find(seen, labels)?.status.inhibitedBy ?? []
        expect({ labels, by: by.map((one) => sources.includes(one)) }).toEqual({ labels, by: [true] })
      }
      for (const labels of heard) {
        expect({ labels, by: find(seen, labels)?.status.inhibitedBy }).toEqual({ labels, by: [] })
      }
      for (const labels of source) {
        const { fingerprint, status } = find(seen, labels) as SeenAlert
        expect(status.inhibitedBy).not.toContain(fingerprint)
      }
    } finally {
      await alertmanager.post(posted, {}, false)
      await eventually(async () => ((await alertmanager.alerts()).length === 0 ? true : undefined))
    }
  })
})

function find(alerts: readonly SeenAlert[], labels: Labels): SeenAlert | undefined {
  const wanted = JSON.stringify(Object.entries(labels).sort())
  return alerts.find((one) => JSON.stringify(Object.entries(one.labels).sort()) === wanted)
}

function isMuted(alerts: readonly SeenAlert[], labels: Labels): boolean {
  return (find(alerts, labels)?.status.inhibitedBy.length ?? 0) > 0
}
