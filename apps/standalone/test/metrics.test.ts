import { spawnSync } from 'node:child_process'
import { loadInstruments } from '@triplane/config'
import {
  cancelReasons,
  enteredStates,
  orderStates,
  riskCodes,
  switchTypes,
  topics,
  trippableSwitches,
} from '@triplane/contracts'
import { isWorking } from '@triplane/execution'
import { systemClock } from '@triplane/kernel'
import { buildReport } from '../src/build-report.ts'
import { composeStandalone, type Standalone } from '../src/compose.ts'
import { liveStatus } from '../src/live-status.ts'
import { LiveView } from '../src/live-view.ts'
import { parseOptions } from '../src/options.ts'
import type { Report } from '../src/report.ts'
import { run } from '../src/run.ts'
import { Exposition } from './exposition.ts'
import { composedByHand } from './composed-by-hand.ts'
import { silentScreen, temporaryFolder } from './run-standalone.ts'

const symbols = ['BTC/USDT', 'ETH/USDT', 'SPY', 'TSLA']
const flags = ['--seed', '3', '--start-time', '2024-08-08T14:30Z', '--storage', 'off']

describe('the metrics of a run under way', () => {
  const folder = temporaryFolder()
  let standalone: Standalone
  let running: Promise<Report>
  const texts: string[] = []
  let [data, order, strategy] = ['', '', ''].map((text) => new Exposition(text)) as [Exposition, Exposition, Exposition]

  const scrape = async (plane: number) => await (await fetch(`${standalone.urls[plane]}/metrics`)).text()

  beforeAll(async () => {
    const options = parseOptions(
      [...flags, '--speed', '40', '--ports', '0,0,0', '--hash', 'off', '--var', folder()],
      () => 1,
    )
    standalone = await composeStandalone(options, { clock: systemClock, screen: silentScreen, environment: {} })
    running = standalone.run()
    // Long enough to know the clock's offset, close a bar, fill orders and pass a heartbeat.
    do {
      texts.splice(0, 3, ...(await Promise.all([0, 1, 2].map(scrape))))
      ;[data, order, strategy] = texts.map((text) => new Exposition(text)) as [Exposition, Exposition, Exposition]
    } while (
      !(data.sum('data_bars_received_total', { duration: '1m' }) >= symbols.length) ||
      !(order.sum('orders_filled_total') > 0) ||
      order.value('triplane_heartbeat_timestamp_seconds', { stage: 'order' }) === undefined
    )
  }, 180_000)

  afterAll(async () => {
    await standalone.stop()
    await running
  })

  it.each(symbols)('show what is received of %s', (symbol) => {
    const market = { exchange: 'sim', symbol }
    const received = { source: 'sim', ...market }
    expect(data.value('data_ticks_received_total', received)).toBeGreaterThan(100)
    expect(data.value('data_ofi_events_generated_total', market)).toBeGreaterThan(10)
    expect(data.value('data_freshness_seconds_count', received)).toBeGreaterThan(10)
    expect(data.value('data_completeness_score', market)).toBeGreaterThan(0.9)
    expect(data.value('data_gaps_total', received)).toBe(0)
    expect(data.value('data_session_open', market)).toBe(1)
    const receivedSeconds = data.value('data_last_receive_timestamp_seconds', received)
    expect(receivedSeconds).toBeGreaterThan(systemClock.nowUs() / 1e6 - 30)
    expect(data.value('data_last_event_timestamp_seconds', received)).toBeGreaterThan(1_723_127_400)
    expect(data.value('data_last_event_timestamp_seconds', received)).toBeLessThan(1_723_127_400 + 3600)
  })

  it.each(symbols)('show the market of %s', (symbol) => {
    const exchange = loadInstruments().find((one) => one.venue === 'sim' && one.symbol === symbol)?.exchange ?? ''
    const market = { exchange, symbol }
    const of = (name: string, labels = {}) => data.value(name, { ...market, ...labels }) as number
    expect(of('data_book_valid')).toBe(1)
    const [bid, ask] = [of('crypto_price', { type: 'bid' }), of('crypto_price', { type: 'ask' })]
    expect(bid).toBeGreaterThan(0)
    expect(ask).toBeGreaterThan(bid)
    expect(of('crypto_spread')).toBeCloseTo(ask - bid, 9)
    expect(Math.abs(of('crypto_price', { type: 'last' }) / bid - 1)).toBeLessThan(0.05)
    for (const side of ['bid', 'ask']) {
      const levels = (what: string) =>
        Array.from({ length: 20 }, (_, i) => of(`crypto_orderbook_${side}_${what}`, { level: `${i}` })).filter(
          (value) => value !== undefined,
        )
      const [prices, quantities, cumulative] = [levels('price'), levels('quantity'), levels('cumulative')]
      const best = side === 'bid' ? Math.max(...prices) : Math.min(...prices)
      expect(prices).toEqual(prices.toSorted((a, b) => (side === 'bid' ? b - a : a - b)))
      expect(prices[0]).toBe(best)
      expect(quantities).toHaveLength(prices.length)
      const total = quantities.reduce((sum, quantity) => sum + quantity, 0)
      expect(cumulative.at(-1)).toBeCloseTo(total, 6)
      expect(of('crypto_depth', { side })).toBeCloseTo(total, 6)
      const value = prices.reduce((sum, price, i) => sum + price * (quantities[i] as number), 0)
      expect(of(`crypto_total_${side}s`) / value).toBeCloseTo(1, 9)
    }
    const traded = ['buy', 'sell'].map((side) => of('crypto_trades_total', { side }))
    expect(traded.every((count) => count > 0)).toBe(true)
    expect(of('crypto_trade_volume')).toBeGreaterThan(0)
    expect(of('crypto_trade_volume')).toBeLessThanOrEqual(data.sum('crypto_trade_volume_total', market) + 1e-6)
    const candle = (field: string) => of(`crypto_candle_${field}`, { timeframe: '1h' })
    expect(candle('low')).toBeLessThanOrEqual(Math.min(candle('open'), candle('close')))
    expect(candle('high')).toBeGreaterThanOrEqual(Math.max(candle('open'), candle('close')))
    expect(candle('volume')).toBeGreaterThan(0)
  })

  it('show the state of the feed', () => {
    expect(data.value('data_feed_connected', { source: 'sim' })).toBe(1)
    expect(Math.abs(data.value('data_clock_offset_seconds', { source: 'sim' }) ?? NaN)).toBeLessThan(1)
    expect(data.sum('data_validation_errors_total')).toBe(0)
    expect(data.sum('data_normalization_errors_total')).toBe(0)
    expect(data.sum('data_dlq_messages_total')).toBe(0)
    expect(data.value('data_ntp_rejects_total', { source: 'sim' })).toBe(0)
  })

  it('show what the strategy knows', () => {
    for (const switch_type of switchTypes) {
      expect(strategy.value('strategy_kill_switch_active', { switch_type })).toBe(0)
      expect(strategy.value('strategy_kill_switch_distance_ratio', { switch_type })).toBeLessThan(1)
    }
    for (const switch_type of trippableSwitches)
      expect(strategy.value('strategy_kill_switches_triggered_total', { switch_type })).toBe(0)
    const of = (name: string) => strategy.value(name, { strategy: 'OFI' }) as number
    expect(strategy.sum('strategy_signals_generated_total', { strategy: 'OFI' })).toBeGreaterThan(0)
    expect(of('strategy_signal_strength_count')).toBe(strategy.sum('strategy_signals_generated_total'))
    expect(of('strategy_pnl_total_usd')).toBeCloseTo(
      of('strategy_pnl_realized_usd') + of('strategy_pnl_unrealized_usd'),
      6,
    )
    expect(of('strategy_drawdown_ratio')).toBeLessThan(0.02)
    expect(strategy.value('strategy_portfolio_value_usd')).toBeGreaterThan(0)
    const [gross = NaN, net = NaN] = ['gross', 'net'].map((name) =>
      strategy.value(`strategy_portfolio_${name}_exposure_usd`),
    )
    expect(Math.abs(net)).toBeLessThanOrEqual(gross)
  })

  it('show the outcome of orders', () => {
    const submitted = order.sum('orders_submitted_total')
    expect(order.sum('orders_received_total')).toBeGreaterThanOrEqual(submitted)
    expect(submitted).toBeGreaterThan(0)
    expect(order.value('orders_trading_state', { state: 'active' })).toBe(1)
    expect(order.value('orders_trading_state', { state: 'halted' })).toBe(0)
    for (const name of ['orders_intent_to_submit_latency_seconds', 'orders_submit_to_ack_latency_seconds'])
      expect(order.sum(`${name}_count`)).toBeGreaterThan(0)
    expect(order.sum('trading_order_latency_seconds_count')).toBe(
      order.sum('orders_submit_to_ack_latency_seconds_count'),
    )
    expect(order.sum('orders_commission_total_usd')).toBeGreaterThan(0)
    expect(order.sum('trading_order_volume_krw_total')).toBeGreaterThan(1000)
    expect(order.value('triplane_tick_to_order_seconds_count')).toBeGreaterThan(0)
  })

  it('count the inputs, outputs and refusals of each stage', () => {
    const of = (plane: Exposition, stage: string) =>
      ['in', 'out'].map((way) => plane.value(`triplane_stage_${way}_total`, { stage }) ?? NaN) as [number, number]
    const [normalized, validated, published] = ['normalize', 'validate', 'publish'].map((stage) => of(data, stage))
    expect(normalized?.[0]).toBeGreaterThan(1000)
    expect(normalized?.[1]).toBe(normalized?.[0])
    expect(validated).toEqual([normalized?.[1], normalized?.[1]])
    expect(published?.[0]).toBeGreaterThan(normalized?.[0] as number)
    expect(published?.[1]).toBe(published?.[0])
    expect(data.value('triplane_stage_refused_total', { stage: 'normalize', reason: 'not_json' })).toBe(0)
    expect(data.value('triplane_stage_refused_total', { stage: 'validate', reason: 'duplicate' })).toBe(0)
    const [signals, portfolio, intents] = ['signals', 'portfolio', 'intents'].map((stage) => of(strategy, stage))
    expect(signals?.[0]).toBeGreaterThan(signals?.[1] as number)
    expect(portfolio?.[0]).toBe(signals?.[1])
    expect(intents?.[0]).toBe(portfolio?.[1])
    expect(intents?.[1]).toBeGreaterThan(0)
    const [received, approved] = of(order, 'risk')
    expect(received - order.sum('triplane_stage_refused_total', { stage: 'risk' })).toBe(approved)
  })

  it('show the state of the bus, and that heartbeats pass all planes', () => {
    const produced = (plane: Exposition, topic: string) => plane.value('triplane_bus_produced_total', { topic })
    const consumed = (plane: Exposition, topic: string) => plane.value('triplane_bus_consumed_total', { topic })
    expect(produced(data, topics.market.name)).toBe(data.value('triplane_stage_out_total', { stage: 'publish' }))
    // Fills, and a digest of the ledger for each comparison; the answer to the newest may be under way.
    const compared = order.sum('orders_reconciliation_runs_total')
    const digests = (produced(order, topics.fills.name) ?? 0) - order.sum('orders_slippage_bps_count')
    expect([compared, compared + 1]).toContain(digests)
    expect(compared).toBeGreaterThan(0)
    expect(consumed(strategy, topics.market.name)).toBeGreaterThan(0)
    expect(consumed(order, topics.intents.name)).toBeGreaterThan(0)
    const planes: readonly (readonly [Exposition, string])[] = [
      [data, 'data'],
      [strategy, 'strategy'],
      [order, 'order'],
    ]
    for (const [plane, stage] of planes) {
      expect(plane.value('triplane_heartbeat_timestamp_seconds', { stage })).toBeGreaterThan(
        systemClock.nowUs() / 1e6 - 30,
      )
      expect(plane.sum('triplane_bus_errors_total')).toBe(0)
      expect(plane.sum('triplane_metrics_series_dropped_total')).toBe(0)
      expect(plane.sum('triplane_build_info')).toBe(1)
      expect(plane.types.get('process_cpu_seconds_total')).toBe('counter')
    }
  })

  const hasPromtool = spawnSync('promtool', ['--version']).status === 0
  const checked = hasPromtool ? it : it.skip
  checked(`please promtool${hasPromtool ? '' : ' [not run: no promtool on this machine]'}`, () => {
    /** Names that are a contract, or that belong to Node's own metrics. */
    const excused =
      /orders_commission_total_usd|trading_open_positions_count|nodejs_active_(resources|handles|requests)_total/
    for (const input of texts) {
      const { stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })
      expect(error).toBeUndefined()
      expect(`${stdout}${stderr}`.split('\n').filter((line) => line !== '' && !excused.test(line))).toEqual([])
    }
  })
})

describe('the metrics at the end of a run', () => {
  let report: Report
  let atStart: readonly Exposition[] = []
  let [data, order, strategy] = ['', '', ''].map((text) => new Exposition(text)) as [Exposition, Exposition, Exposition]

  beforeAll(async () => {
    const { options, source, planes, metrics } = composedByHand([
      ...flags,
      ...['--speed', 'max', '--duration', '65s', '--scenario', 'bad-ticks'],
    ])
    const expositions = () =>
      Promise.all(
        [metrics.data, metrics.order, metrics.strategy].map(async (one) => new Exposition(await one.expose())),
      )
    atStart = await expositions()
    await run({
      ...{ source, planes, clock: systemClock, durationUs: options.durationUs, isStopped: () => false },
      history: undefined,
      view: new LiveView(silentScreen, [], () => 0),
      status: () => liveStatus(planes, source, undefined),
      onTurn: () => undefined,
    })
    const facts = { id: 'test', source: source.description, startTimeUs: options.startTimeUs as number }
    report = buildReport(planes, { run: facts, wallSeconds: 1 })
    ;[data, order, strategy] = (await expositions()) as [Exposition, Exposition, Exposition]
  }, 180_000)

  it('have every series of the counters from the start', () => {
    const ofProcess = /^(process|nodejs)_/
    for (const [i, plane] of [data, order, strategy].entries()) {
      const known = new Set(atStart[i]?.counted())
      expect(known.size).toBeGreaterThan(50)
      expect(plane.counted().filter((series) => !known.has(series) && !ofProcess.test(series))).toEqual([])
    }
  })

  it('count the events that the report counts', () => {
    const { events } = report
    expect(events.fill).toBeGreaterThan(0)
    expect(data.sum('data_ticks_received_total')).toBe(events.trade + events.quote)
    expect(data.sum('crypto_trades_total')).toBe(events.trade)
    expect(data.sum('data_ofi_events_generated_total')).toBe(events.ofi)
    expect(data.sum('data_bars_received_total')).toBe(events.bar)
    expect(data.sum('data_gaps_total')).toBe(report.gaps)
    expect(strategy.sum('strategy_signals_generated_total')).toBe(events.signal)
  })

  it('count the refusals that the report counts', () => {
    const { refused, in: framesIn } = report.frames
    const total = Object.values(refused).reduce((sum, count) => sum + count, 0)
    expect(total).toBeGreaterThan(0)
    expect(data.sum('data_dlq_messages_total')).toBe(total)
    expect(data.sum('data_validation_errors_total') + data.sum('data_normalization_errors_total')).toBe(total)
    for (const [reason, count] of Object.entries(refused)) {
      expect(data.sum('data_dlq_messages_total', { error_type: reason })).toBe(count)
      expect(data.sum('triplane_stage_refused_total', { reason })).toBe(count)
    }
    expect(data.value('triplane_stage_in_total', { stage: 'normalize' })).toBe(framesIn)
    expect(data.value('triplane_stage_out_total', { stage: 'validate' })).toBe(framesIn - total)
  })

  it('count the orders that the report counts', () => {
    const { orders, denied, execution, events } = report
    expect(orderStates.reduce((sum, state) => sum + orders[state], 0)).toBe(order.sum('orders_received_total'))
    expect(order.sum('orders_received_total')).toBe(events.orderIntent)
    for (const check_type of riskCodes)
      expect(order.sum('orders_risk_rejections_total', { check_type })).toBe(denied[check_type])
    expect(order.sum('orders_filled_total', { status: 'FILLED' })).toBe(orders.filled)
    expect(order.sum('orders_filled_total', { status: 'PARTIAL_FILL' })).toBe(execution.partialFills)
    expect(order.sum('orders_filled_total', { status: 'REJECTED' })).toBe(orders.rejected)
    expect(order.sum('orders_cancelled_total')).toBe(orders.cancelled)
    expect(cancelReasons.reduce((sum, reason) => sum + order.sum('orders_cancelled_total', { reason }), 0)).toBe(
      orders.cancelled,
    )
    expect(order.sum('orders_rejected_total')).toBe(orders.rejected)
    expect(order.sum('orders_pov_downscales_total')).toBe(execution.participationDownscales)
    expect(order.sum('orders_slippage_bps_count')).toBe(events.fill)
    expect(order.sum('orders_commission_total_usd')).toBeCloseTo(execution.commissionUsd, 6)
    for (const state of enteredStates.filter(isWorking)) expect(order.sum('orders_open', { state })).toBe(orders[state])
  })

  it('value the account as the report does', () => {
    const { pnl, positions, killSwitches } = report
    expect(strategy.value('strategy_portfolio_value_usd')).toBeCloseTo(pnl.equityUsd, 6)
    expect(strategy.value('strategy_pnl_realized_usd', { strategy: 'OFI' })).toBeCloseTo(pnl.realizedUsd, 6)
    expect(strategy.value('strategy_pnl_unrealized_usd', { strategy: 'OFI' })).toBeCloseTo(pnl.unrealizedUsd, 6)
    const held = Object.values(positions).filter(({ quantity }) => quantity !== 0).length
    expect(order.value('trading_open_positions_count')).toBe(held)
    for (const switch_type of switchTypes)
      expect(strategy.value('strategy_kill_switch_active', { switch_type })).toBe(
        killSwitches[switch_type].active ? 1 : 0,
      )
  })
})
