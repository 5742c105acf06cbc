import { regimes, switchTypes } from '@triplane/contracts'
import { among, counter, gauge, histogram, measurement, planned, within } from '../definition.ts'
import { market } from './market.ts'

const switchType = among('switch_type', switchTypes)
const vital = { priority: 'vital' } as const

/**
 * The metrics of the strategy plane about its targets and its health. Within a priority, the last is dropped first over the
 * cap.
 */
export const strategyPlaneCatalog = {
  signals: counter('strategy_signals_generated_total', 'Signals generated.', [
    'strategy',
    ...market,
    among('direction', ['BUY', 'SELL', 'FLAT']),
  ]),
  signalStrength: histogram(
    'strategy_signal_strength',
    'Absolute strength of signals, 0-1.',
    ['strategy'],
    [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
  ),
  signalValue: planned(
    measurement('strategy_signal_value', 'Strength of the newest signal, -1 to 1.', ['strategy', ...market]),
  ),
  suspended: gauge(
    'strategy_suspended',
    '1 while the strategy is suspended.',
    ['strategy', among('reason', ['pnl', 'drawdown', 'psr', 'error', 'operator'])],
    vital,
  ),
  warmingUp: gauge(
    'strategy_warming_up_instruments',
    'Instruments that the strategy does not trade yet: it has not had the history that it declares.',
    ['strategy'],
    vital,
  ),
  indicator: planned(
    measurement('strategy_indicator_value', 'Indicator on closed bars.', [...market, 'indicator', 'timeframe']),
  ),
  drawdown: gauge('strategy_drawdown_ratio', 'Drawdown from the peak, 0-1.', ['strategy'], vital),
  grossExposureUsd: gauge('strategy_portfolio_gross_exposure_usd', 'Sum of absolute position values, USD.', [], vital),
  netExposureUsd: gauge('strategy_portfolio_net_exposure_usd', 'Sum of position values, USD.', [], vital),
  portfolioValueUsd: measurement('strategy_portfolio_value_usd', 'Equity of the account, USD.', [], vital),
  pnlRealizedUsd: gauge('strategy_pnl_realized_usd', 'Realised PnL net of commission, USD.', ['strategy'], vital),
  pnlUnrealizedUsd: gauge('strategy_pnl_unrealized_usd', 'Unrealised PnL, USD.', ['strategy'], vital),
  pnlTotalUsd: gauge(
    'strategy_pnl_total_usd',
    'Realised plus unrealised PnL, USD: the change of equity.',
    ['strategy'],
    vital,
  ),
  markAge: measurement('strategy_mark_age_seconds', 'Market time since what the mark of a position is of.', market),
  dailyPnlUsd: planned(
    gauge('strategy_daily_pnl_usd', 'PnL of the account since midnight of the configured zone, USD.', [], vital),
  ),
  regimeState: planned(measurement('strategy_regime_state', '0 calm, 1 normal, 2 storm: of the account.')),
  marketRegimeState: planned(
    measurement('strategy_market_regime_state', '0 calm, 1 normal, 2 storm: of the market.', market),
  ),
  regimeTransitions: planned(
    counter('strategy_regime_transitions_total', 'Changes of regime.', [
      among('from_regime', regimes),
      among('to_regime', regimes),
    ]),
  ),
  qpSolveTime: planned(
    histogram(
      'strategy_qp_solve_time_seconds',
      'Time to solve one portfolio optimisation.',
      [],
      [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    ),
  ),
  qpSolves: planned(counter('strategy_qp_solve_status_total', 'Portfolio optimisations by outcome.', ['status'])),
  killSwitchesTriggered: counter(
    'strategy_kill_switches_triggered_total',
    'Kill switches tripped.',
    [within('switch_type', switchTypes)],
    vital,
  ),
  killSwitchesReleased: counter(
    'strategy_kill_switches_released_total',
    'Kill switches released by themselves, because their cause was gone.',
    [within('switch_type', switchTypes)],
    vital,
  ),
  killSwitchActive: gauge('strategy_kill_switch_active', '1 while the kill switch is active.', [switchType], vital),
  killSwitchDistance: gauge('strategy_kill_switch_distance_ratio', '0 far, 1 tripped.', [switchType], vital),
}
