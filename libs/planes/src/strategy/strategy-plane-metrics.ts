import { switchTypes, trippableSwitches, type Instrument } from '@triplane/contracts'
import { markAgeUs, numberFromMoney } from '@triplane/ledger'
import {
  decisionRefusals,
  fillRefusals,
  tuningRefusals,
  type StrategyCore,
  type StrategyOutput,
} from '@triplane/strategy-core'
import { defaultStrategies } from '@triplane/strategy'
import { createPlaneMetrics, type Metrics, type PlaneMetricsOptions } from '@triplane/metrics'
import { instrumentLabels, labelsOf, type InstrumentLabels } from '../instrument-labels.ts'

/** The stage that calls strategies. */
export const SIGNALS = 'signals'
/** The stage that books fills. */
export const LEDGER = 'ledger'
/** The stage that handles operators' tunings. */
export const TUNING = 'tuning'

const suspensions = ['pnl', 'drawdown', 'psr', 'error', 'operator'] as const

/** The metrics of the strategy plane, with every series initialised. */
export function createStrategyMetrics(options: PlaneMetricsOptions): Metrics<'strategy_plane'> {
  return createPlaneMetrics(
    'strategy_plane',
    { strategies: defaultStrategies, ...options },
    ({ stageIn, stageOut, stageRefused, killSwitchesTriggered }) => {
      for (const stage of [SIGNALS, 'portfolio', 'intents']) {
        stageIn.of({ stage })
        stageOut.of({ stage })
      }
      for (const reason of decisionRefusals) stageRefused.of({ stage: SIGNALS, reason })
      for (const reason of fillRefusals) stageRefused.of({ stage: LEDGER, reason })
      for (const reason of tuningRefusals) stageRefused.of({ stage: TUNING, reason })
      for (const switch_type of trippableSwitches) killSwitchesTriggered.of({ switch_type })
    },
  )
}

/**
 * Gives the function that records each output of the strategy plane. Gauges are read from the core before each scrape.
 */
export function exportStrategyPlane(
  metrics: Metrics<'strategy_plane'>,
  core: StrategyCore,
  instruments: readonly Instrument[],
): (event: StrategyOutput) => void {
  const labels = instrumentLabels(instruments)
  metrics.beforeScrape(() => measure(metrics, core, labels))
  return function record(event) {
    switch (event.type) {
      case 'signal': {
        const { strategy, direction, strength } = event
        const { exchange, symbol } = labelsOf(labels, event.instrument)
        metrics.signals.inc({ strategy, exchange, symbol, direction })
        metrics.signalStrength.observe({ strategy }, Math.abs(strength))
        metrics.stageOut.inc({ stage: SIGNALS })
        metrics.stageIn.inc({ stage: 'portfolio' })
        return
      }
      case 'targetPortfolio':
        metrics.stageOut.inc({ stage: 'portfolio' })
        metrics.stageIn.inc({ stage: 'intents' })
        return
      case 'orderIntent':
      case 'cancelIntent':
      case 'cross':
        metrics.stageOut.inc({ stage: 'intents' })
        return
      case 'killSwitch':
        if (event.active) metrics.killSwitchesTriggered.inc({ switch_type: event.switchType })
        if (event.isSelfReleased) metrics.killSwitchesReleased.inc({ switch_type: event.switchType })
        return
      case 'ledgerAnswer':
      case 'portfolioState':
        return
    }
  }
}

function measure(metrics: Metrics<'strategy_plane'>, core: StrategyCore, labels: InstrumentLabels): void {
  const { account, strategies, active, evaluatedUs, switches } = core.summary()
  metrics.grossExposureUsd.set(numberFromMoney(account.grossUsd))
  metrics.netExposureUsd.set(numberFromMoney(account.netUsd))
  metrics.portfolioValueUsd.set(numberFromMoney(account.equityUsd))
  for (const { strategy, realizedUsd, unrealizedUsd, drawdownRatio } of strategies) {
    metrics.drawdown.set({ strategy }, drawdownRatio)
    metrics.pnlRealizedUsd.set({ strategy }, numberFromMoney(realizedUsd))
    metrics.pnlUnrealizedUsd.set({ strategy }, numberFromMoney(unrealizedUsd))
    metrics.pnlTotalUsd.set({ strategy }, numberFromMoney(realizedUsd + unrealizedUsd))
  }
  for (const { name: strategy, suspendedWhy, warmingUp } of active) {
    metrics.warmingUp.set({ strategy }, warmingUp.length)
    for (const reason of suspensions)
      metrics.suspended.set({ strategy, reason }, reason === 'error' && suspendedWhy !== undefined ? 1 : 0)
  }
  for (const { position } of account.positions) {
    metrics.markAge.set(labelsOf(labels, position.instrument), markAgeUs(position, evaluatedUs) / 1e6)
  }
  for (const switch_type of switchTypes) {
    metrics.killSwitchActive.set({ switch_type }, switches[switch_type].active ? 1 : 0)
    metrics.killSwitchDistance.set({ switch_type }, switches[switch_type].distanceRatio)
  }
}
