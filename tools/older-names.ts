/** A dotted name of older code, and the metrics that replace it. */
interface OlderName {
  readonly name: string
  readonly metrics: readonly string[]
  /** The differences: unit, labels, what is counted. */
  readonly note?: string
}

const of = (name: string, metrics: string | readonly string[], note?: string): OlderName => ({
  name,
  metrics: typeof metrics === 'string' ? [metrics] : metrics,
  ...(note !== undefined && { note }),
})

const SECONDS = 'seconds, was milliseconds'

/** The dotted names of older code, by subject, each with its replacement. */
export const olderNames: readonly OlderName[] = [
  of('data.ticks', 'data_ticks_received_total'),
  of('data.bars', 'data_bars_received_total'),
  of('data.gaps', 'data_gaps_total'),
  of('data.latency', 'data_freshness_seconds', `${SECONDS}; above the clock offset of the source`),
  of('data.errors', ['data_validation_errors_total', 'data_normalization_errors_total']),
  of('data.completeness', 'data_completeness_score', '0 to 1, was percent'),
  of('data.last_update', 'data_last_receive_timestamp_seconds', '`time() - ...` is the age'),
  of('feed.connected', 'data_feed_connected'),
  of('feed.reconnects', 'data_feed_disconnects_total', 'counts disconnects, by reason'),
  of('market.price', 'crypto_price', '`type`: last, bid, ask'),
  of('market.spread', 'crypto_spread'),
  of('market.volume', 'crypto_trade_volume_total'),
  of('market.trades', 'crypto_trades_total'),
  of('orderbook.depth', 'crypto_depth'),
  of('signals.generated', 'strategy_signals_generated_total'),
  of('signals.strength', 'strategy_signal_strength'),
  of('orders.received', 'orders_received_total'),
  of('orders.submitted', 'orders_submitted_total'),
  of('orders.filled', 'orders_filled_total', '`status="FILLED"`'),
  of('orders.rejected', 'orders_rejected_total', 'by the broker; refused by risk: `risk.rejections`'),
  of('orders.cancelled', 'orders_cancelled_total'),
  of('orders.errors', 'orders_errors_total'),
  of('orders.open', 'orders_open'),
  of('orders.latency', ['orders_intent_to_submit_latency_seconds', 'orders_submit_to_ack_latency_seconds'], SECONDS),
  of('trades.executed', 'orders_filled_total', '`status=~"FILLED|PARTIAL_FILL"`: fills'),
  of('trades.latency', 'trading_order_latency_seconds', `${SECONDS}; intent to acknowledgement`),
  of('trades.fill_latency', 'orders_total_fill_latency_seconds', `${SECONDS}; intent to last fill`),
  of('trades.slippage', 'orders_slippage_bps'),
  of('trades.volume', 'trading_order_volume_krw_total', 'KRW'),
  of('trades.commission', 'orders_commission_total_usd', 'USD'),
  of('trades.win_rate', 'trading_win_rate', '0 to 1, was percent'),
  of('risk.rejections', 'orders_risk_rejections_total'),
  of('positions.open', 'trading_open_positions_count'),
  of('positions.value', 'trading_position_value_krw', 'KRW'),
  of('pnl.realized', ['strategy_pnl_realized_usd', 'trading_total_pnl_krw'], 'net of commission'),
  of('pnl.unrealized', ['strategy_pnl_unrealized_usd', 'trading_unrealized_pnl_krw']),
  of('pnl.total', 'strategy_pnl_total_usd'),
  of('pnl.daily', 'strategy_daily_pnl_usd'),
  of('portfolio.value', 'strategy_portfolio_value_usd'),
  of('portfolio.exposure', ['strategy_portfolio_gross_exposure_usd', 'strategy_portfolio_net_exposure_usd']),
  of('portfolio.drawdown', 'strategy_drawdown_ratio', '0 to 1, was percent'),
  of('killswitch.active', 'strategy_kill_switch_active'),
  of('killswitch.triggered', 'strategy_kill_switches_triggered_total'),
  of('ml.predictions', 'ml_predictions_total'),
  of('ml.latency', 'ml_prediction_duration_seconds', SECONDS),
  of('ml.accuracy', 'ml_model_accuracy', '0 to 1, was percent'),
  of('ml.drift', 'ml_data_drift_score'),
  of('pipeline.runs', 'pipeline_dag_runs_total'),
  of('pipeline.duration', 'pipeline_dag_duration_seconds'),
  of('db.writes', 'data_storage_writes_total'),
  of('db.latency', 'data_storage_write_latency_seconds', SECONDS),
  of('queue.size', 'triplane_bus_buffered'),
  of('queue.lag', 'triplane_bus_lag_seconds', SECONDS),
  of('system.heartbeat', 'triplane_heartbeat_timestamp_seconds'),
  of('system.cpu', 'process_cpu_seconds_total', '`rate(...[5m])` is processors in use'),
  of('system.memory', 'process_resident_memory_bytes'),
  of('system.event_loop_lag', 'triplane_event_loop_lag_seconds', `${SECONDS}; 99th percentile`),
]
