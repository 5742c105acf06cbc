import type { AlertRule } from '../alert.ts'
import { killSwitchActive, lastingStateExpr } from '../lasting-states.ts'
import { pictures } from '../pictures.ts'
import { promql } from '../promql/promql.ts'
import { duration, type Thresholds } from '../thresholds.ts'
import { byLimit } from './by-limit.ts'
import { instrumentMatchers } from './instrument-matchers.ts'

const plane = 'strategy'

/** Names the planes that do not answer: the switch for silent data mutes their own alerts. */
const NOT_REACHABLE =
  '{{ with query "up{job=~\\".*-plane\\"} == 0" }}; not reachable:{{ range . }} {{ .Labels.job }}{{ end }}{{ end }}'

/** Alerts about the strategy plane's targets and its health. */
export function strategyAlerts(thresholds: Thresholds): AlertRule[] {
  const { killSwitchNear, staleDataReleased, strategyDrawdown, indicatorLevels } = thresholds
  return [
    {
      name: 'KillSwitchTriggered',
      severity: 'critical',
      plane,
      expr: lastingStateExpr(killSwitchActive, thresholds),
      everySeconds: 1,
      summary: 'A kill switch is active: trading is halted.',
      description: `The kill switch {{ $labels.switch_type }} is active${NOT_REACHABLE}. No order passes until it is re-armed.`,
      picture: pictures.killSwitches,
    },
    {
      name: 'KillSwitchNear',
      severity: 'warning',
      plane,
      expr: promql`
        max by (switch_type) (strategy_kill_switch_distance_ratio) > ${killSwitchNear.aboveRatio}
        unless on (switch_type)
        max by (switch_type) (strategy_kill_switch_active) > 0
      `,
      for: duration(killSwitchNear.forSeconds),
      summary: 'A kill switch is close to its limit.',
      description: 'The kill switch {{ $labels.switch_type }} has used {{ $value | humanizePercentage }} of its limit.',
      picture: pictures.killSwitchDistance,
    },
    {
      name: 'StaleDataReleased',
      severity: 'info',
      plane,
      expr: promql`
        sum by (switch_type) (
          increase(strategy_kill_switches_released_total{switch_type="stale_data"}[${duration(staleDataReleased.overSeconds)}])
        ) > 0
      `,
      summary: 'The kill switch for silent data has released itself.',
      description:
        'The kill switch {{ $labels.switch_type }} has released itself: its sources are healthy again, and trading goes on.',
      picture: pictures.killSwitchReleases,
    },
    {
      name: 'StrategyDrawdown',
      severity: 'warning',
      plane,
      expr: byLimit(
        'strategy',
        strategyDrawdown.ofStrategy,
        strategyDrawdown.aboveRatio,
        (matcher, limit) => `max by (strategy) (strategy_drawdown_ratio{${matcher}}) > ${limit}`,
      ),
      summary: 'A strategy has fallen from its peak by more than its limit.',
      description: 'Strategy {{ $labels.strategy }} is {{ $value | humanizePercentage }} below its peak.',
      picture: pictures.drawdown,
    },
    {
      name: 'StrategySuspended',
      severity: 'error',
      plane,
      expr: promql`max by (strategy, reason) (strategy_suspended{reason!="operator"}) > 0`,
      summary: 'A strategy is suspended: it decides nothing.',
      description:
        'Strategy {{ $labels.strategy }} is suspended by {{ $labels.reason }}: it wants nothing until an operator re-arms it.',
      picture: pictures.suspended,
    },
    ...indicatorLevels.map(({ indicator, exchange, symbol, is, level, severity = 'info' }): AlertRule => {
      const matchers = [`indicator="${indicator}"`, ...instrumentMatchers({ exchange, symbol })]
      return {
        name: 'IndicatorThreshold',
        severity,
        plane,
        expr: `max by (exchange, symbol, indicator) (strategy_indicator_value{${matchers.join(', ')}}) ${is === 'above' ? '>' : '<'} ${level}`,
        labels: { level: `${is} ${level}` },
        summary: 'An indicator has passed a level that was set for it.',
        description: `{{ $labels.indicator }} of {{ $labels.symbol }} at {{ $labels.exchange }} is {{ printf "%.4g" $value }}, ${is} ${level}.`,
        picture: pictures.indicators,
      }
    }),
  ]
}
