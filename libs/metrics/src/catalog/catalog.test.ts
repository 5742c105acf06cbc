import { labelName, type Catalog } from '../definition.ts'
import { catalogs } from '../metrics.ts'
import { everyServiceCatalog } from './every-service.ts'

/** Names, types and labels are a contract with dashboards, alerts and scripts: a line here changes for a reason. */
const contract = {
  data_plane: `
    data_ticks_received_total counter source exchange symbol
    data_bars_incomplete_total counter source exchange symbol duration
    data_bars_received_total counter source exchange symbol duration
    data_finer_than_steps_total counter source exchange symbol
    data_ofi_events_generated_total counter exchange symbol
    data_freshness_seconds histogram source exchange symbol
    data_completeness_score gauge exchange symbol
    data_validation_errors_total counter source error_type event_type
    data_ntp_rejects_total counter source
    data_normalization_errors_total counter source error_type
    data_dlq_messages_total counter event_type error_type
    data_storage_writes_total counter event_type status
    data_storage_write_latency_seconds histogram event_type
    data_storage_last_write_timestamp_seconds gauge event_type
    data_gaps_total counter source exchange symbol
    data_feed_connected gauge source
    data_feed_disconnects_total counter source reason
    data_last_event_timestamp_seconds gauge source exchange symbol
    data_last_receive_timestamp_seconds gauge source exchange symbol
    data_session_open gauge exchange symbol
    data_clock_agreements_total counter source
    data_clock_offset_seconds gauge source
    data_book_valid gauge exchange symbol
    crypto_price gauge exchange symbol type
    crypto_trades_total counter exchange symbol side
    crypto_trade_volume gauge exchange symbol
    crypto_trade_volume_total counter exchange symbol side
    crypto_candle_open gauge exchange symbol timeframe
    crypto_candle_high gauge exchange symbol timeframe
    crypto_candle_low gauge exchange symbol timeframe
    crypto_candle_close gauge exchange symbol timeframe
    crypto_candle_volume gauge exchange symbol timeframe
    crypto_spread gauge exchange symbol
    crypto_orderbook_bid_price gauge exchange symbol level
    crypto_orderbook_bid_quantity gauge exchange symbol level
    crypto_orderbook_bid_cumulative gauge exchange symbol level
    crypto_orderbook_ask_price gauge exchange symbol level
    crypto_orderbook_ask_quantity gauge exchange symbol level
    crypto_orderbook_ask_cumulative gauge exchange symbol level
    crypto_depth gauge exchange symbol side
    crypto_total_bids gauge exchange symbol
    crypto_total_asks gauge exchange symbol
  `,
  order_plane: `
    orders_received_total counter strategy exchange symbol
    orders_submitted_total counter strategy exchange symbol order_type direction
    orders_filled_total counter strategy exchange symbol direction status
    orders_rejected_total counter strategy exchange symbol reason
    orders_errors_total counter kind
    orders_cancelled_total counter strategy exchange symbol reason
    orders_intent_to_submit_latency_seconds histogram strategy exchange symbol
    orders_late_fills_total counter strategy exchange symbol
    orders_submit_to_ack_latency_seconds histogram strategy exchange symbol
    orders_ack_to_fill_latency_seconds histogram strategy exchange symbol
    orders_total_fill_latency_seconds histogram strategy exchange symbol
    orders_slippage_bps histogram strategy exchange symbol direction
    orders_commission_total_usd counter strategy exchange symbol
    orders_risk_rejections_total counter strategy check_type
    orders_pov_downscales_total counter strategy exchange symbol
    orders_amendments_total counter outcome
    orders_open gauge exchange symbol state
    orders_trading_state gauge state
    orders_reconciliation_runs_total counter result
    orders_reconciliation_differences gauge kind
    trading_orders_total counter exchange symbol action status
    trading_order_volume_krw_total counter exchange symbol action
    trading_open_positions_count gauge
    trading_total_pnl_krw gauge
    trading_unrealized_pnl_krw gauge exchange symbol
    trading_position_value_krw gauge exchange symbol
    trading_rate_usd gauge currency
    trading_win_rate gauge
    trading_order_latency_seconds histogram exchange symbol
    triplane_tick_to_order_seconds histogram
  `,
  strategy_plane: `
    strategy_signals_generated_total counter strategy exchange symbol direction
    strategy_signal_strength histogram strategy
    strategy_signal_value gauge strategy exchange symbol
    strategy_suspended gauge strategy reason
    strategy_warming_up_instruments gauge strategy
    strategy_indicator_value gauge exchange symbol indicator timeframe
    strategy_daily_pnl_usd gauge
    strategy_drawdown_ratio gauge strategy
    strategy_portfolio_gross_exposure_usd gauge
    strategy_portfolio_net_exposure_usd gauge
    strategy_portfolio_value_usd gauge
    strategy_pnl_realized_usd gauge strategy
    strategy_pnl_unrealized_usd gauge strategy
    strategy_pnl_total_usd gauge strategy
    strategy_mark_age_seconds gauge exchange symbol
    strategy_regime_state gauge
    strategy_market_regime_state gauge exchange symbol
    strategy_regime_transitions_total counter from_regime to_regime
    strategy_qp_solve_time_seconds histogram
    strategy_qp_solve_status_total counter status
    strategy_kill_switches_triggered_total counter switch_type
    strategy_kill_switches_released_total counter switch_type
    strategy_kill_switch_active gauge switch_type
    strategy_kill_switch_distance_ratio gauge switch_type
    ml_predictions_total counter model exchange symbol action
    ml_prediction_duration_seconds histogram model
    ml_model_accuracy gauge model
    ml_data_drift_score gauge model
    ml_feature_freshness_seconds gauge model
  `,
  jobs: `
    pipeline_dag_runs_total counter dag_id status
    pipeline_dag_duration_seconds histogram dag_id
    pipeline_records_processed_total counter dag_id stage
    pipeline_errors_total counter dag_id stage
    pipeline_last_success_timestamp_seconds gauge dag_id
    pipeline_last_run_failed gauge dag_id
  `,
  every_service: `
    triplane_build_info gauge version commit node
    triplane_health_check gauge check
    triplane_ready gauge
    triplane_heartbeat_timestamp_seconds gauge stage
    triplane_stage_in_total counter stage
    triplane_stage_out_total counter stage
    triplane_stage_refused_total counter stage reason
    triplane_bus_lag_seconds gauge topic
    triplane_bus_buffered gauge topic
    triplane_bus_produced_total counter topic
    triplane_bus_consumed_total counter topic
    triplane_bus_errors_total counter topic
    triplane_storage_spilled_bytes gauge
    triplane_storage_lost_rows_total counter event_type
    triplane_event_loop_lag_seconds gauge
    triplane_metrics_series_dropped_total counter metric
  `,
}

const lines = (text: string) =>
  text
    .trim()
    .split(/\s*\n\s*/)
    .sort()

const shown = (catalog: Catalog) =>
  Object.values(catalog)
    .map(({ name, type, labels }) => [name, type, ...labels.map(labelName)].join(' '))
    .sort()

describe('the catalogue', () => {
  it.each(Object.entries({ ...catalogs, every_service: everyServiceCatalog }))(
    'of %s keeps its contract',
    (key, catalog) => {
      expect(shown(catalog)).toEqual(lines(contract[key as keyof typeof contract]))
    },
  )

  it.each([
    ['data_freshness_seconds', 0.1],
    ['trading_order_latency_seconds', 1],
    ['orders_submit_to_ack_latency_seconds', 0.5],
    ['orders_slippage_bps', 0],
    ['triplane_tick_to_order_seconds', 25e-6],
    ['triplane_tick_to_order_seconds', 150e-6],
    ['ml_prediction_duration_seconds', 1],
  ])('has in %s a bucket that ends at the threshold %d', (name, threshold) => {
    const metrics: Catalog[string][] = Object.values(catalogs).flatMap((catalog: Catalog) => Object.values(catalog))
    expect(metrics.find((metric) => metric.name === name)?.buckets).toContain(threshold)
  })

  it('gives each metric a unique name and a help text that is a sentence', () => {
    const metrics: Catalog[string][] = [...Object.values(catalogs), everyServiceCatalog].flatMap((catalog: Catalog) =>
      Object.values(catalog),
    )
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length)
    expect(metrics.filter(({ help }) => !/^\S.*\.$/.test(help))).toEqual([])
  })

  it('has exchange before symbol wherever it has one, in planned metrics too', () => {
    const families = [...Object.values(catalogs), everyServiceCatalog].flatMap((catalog: Catalog) =>
      Object.values(catalog),
    )
    const ofInstruments = families
      .map(({ name, labels }) => ({ name, labels: labels.map(labelName) }))
      .filter(({ labels }) => labels.includes('symbol'))
    expect(ofInstruments.length).toBeGreaterThan(40)
    const apart = ofInstruments.filter(({ labels }) => labels[labels.indexOf('symbol') - 1] === 'exchange')
    expect(apart).toEqual(ofInstruments)
  })
})
