import { field, instrumentId, tradesAt, type Instrument, type InstrumentId } from '@triplane/contracts'
import type { ConfiguredRates } from '@triplane/instruments'
import type { Logger } from '@triplane/logging'
import type { Metrics } from '@triplane/metrics'
import { strategies as builtIn, type StrategyDefinition } from '@triplane/strategy'
import {
  chosenStrategies,
  createStrategyCore,
  strategyConfigOf,
  strategySchemaOf,
  type StrategyConfig,
  type StrategyCore,
  type StrategyInput,
  type LedgerNotice,
  type StrategyNotice,
  type StrategySnapshot,
} from '@triplane/strategy-core'
import { definePlane } from '../define-plane.ts'
import { strategyViews } from './status-views.ts'
import { createStrategyMetrics, exportStrategyPlane, LEDGER, SIGNALS, TUNING } from './strategy-plane-metrics.ts'

/** The inputs under any strategies, and the further ones for strategies that subscribe to trades or bars. */
const alwaysHeard = [
  'quote',
  'ofi',
  'mark',
  'marketStatus',
  'orderEvent',
  'fill',
  'accountOpened',
  'ledgerDigest',
  'ledgerStated',
  'operatorCommand',
  'tuning',
] as const
const trades = ['trade'] as const
const bars = ['bar', 'pastBar'] as const
const known = [...alwaysHeard, ...trades, ...bars] as const

/** The parts of the strategy plane, wherever it runs. */
interface StrategyPlaneParts {
  readonly config: StrategyConfig
  /** The instruments that may be traded. */
  readonly instruments: readonly Instrument[]
  readonly rates: ConfiguredRates
  /** Instruments that strategies may read and not trade. Default: none. */
  readonly quoted?: readonly Instrument[]
  readonly isSessionOpen: (session: Instrument['session'], timeUs: number) => boolean
  readonly metrics: Metrics<'strategy_plane'>
  /** Logs events in the life of strategies. */
  readonly logger?: Logger
}

/** The strategy plane with the strategies that its settings may name. */
export function strategyPlaneOf(strategies: readonly StrategyDefinition[]) {
  return definePlane({
    name: 'strategy-plane',
    follows: 'data-plane',
    knownInputs: known,
    inputSchema: field.event(...known),
    inputs(config: StrategyConfig): readonly StrategyInput['type'][] {
      const asked = chosenStrategies(config, strategies).map(({ inputs }) => inputs)
      const hearsTrades = asked.some(({ events }) => events?.includes('trade'))
      const hearsBars = asked.some(({ bars }) => bars !== undefined)
      return [...alwaysHeard, ...(hearsTrades ? trades : []), ...(hearsBars ? bars : [])]
    },
    stateSchema: strategySchemaOf(strategies),
    config: strategyConfigOf(strategies),
    createMetrics: createStrategyMetrics,
    createCore(
      { config, instruments, rates, quoted = [], isSessionOpen, metrics, logger }: StrategyPlaneParts,
      saved?: StrategySnapshot,
    ): StrategyCore {
      const byId = new Map(instruments.map((instrument) => [instrumentId(instrument), instrument]))
      const logged = new Set<string>()
      const deps = {
        instruments,
        rates,
        quoted,
        strategies,
        isSessionOpen(id: InstrumentId, timeUs: number) {
          const instrument = byId.get(id)
          return instrument !== undefined && tradesAt(instrument, timeUs, isSessionOpen)
        },
        onNotice(notice: StrategyNotice | LedgerNotice) {
          if (!('strategy' in notice)) {
            if (notice.code === 'fill_refused') metrics.stageRefused.inc({ stage: LEDGER, reason: notice.reason })
            if (logger) logLedgerNotice(logger, notice)
            return
          }
          if (notice.code === 'tuning_refused') metrics.stageRefused.inc({ stage: TUNING, reason: notice.reason })
          if (notice.code === 'decision_refused') {
            metrics.stageRefused.inc({ stage: SIGNALS, reason: notice.reason })
            // A repeated refusal is logged once.
            const said = `${notice.strategy} ${notice.detail}`
            if (logged.has(said)) return
            logged.add(said)
          }
          if (logger) logNotice(logger, notice)
        },
      }
      const core = createStrategyCore(config, deps, saved)
      const signalsIn = metrics.stageIn.of({ stage: SIGNALS })
      return {
        ...core,
        process(event) {
          if (event.type === 'ofi') signalsIn.inc()
          core.process(event)
        },
      }
    },
    exportMetrics: ({ metrics, instruments }, core) => exportStrategyPlane(metrics, core, instruments),
    views: strategyViews,
  })
}

/** The strategy plane with the built-in strategies. */
export const strategyPlane = strategyPlaneOf(builtIn)

function logLedgerNotice(logger: Logger, { code, detail }: LedgerNotice): void {
  switch (code) {
    case 'fill_refused':
      return logger.error('A fill was refused: the order plane cannot have booked it', { fill: detail })
    case 'ledgers_differ':
      return logger.critical('The ledger differs from that of the order plane: positions are only reduced', { detail })
    case 'ledgers_agree':
      return logger.info('The ledger agrees with that of the order plane again', { detail })
    case 'ledger_adopted':
      return logger.warning('The ledger of the order plane was adopted', { detail })
    case 'ledger_not_adopted':
      return logger.warning('The ledger of the order plane was not adopted', { why: detail })
  }
}

function logNotice(logger: Logger, { code, strategy, detail }: StrategyNotice): void {
  switch (code) {
    case 'suspended':
      return logger.error('A strategy is suspended until an operator re-arms it', {
        strategy,
        why: detail,
      })
    case 'warming_up':
      return logger.info('A strategy is warming up: it trades once it has the history it needs', {
        strategy,
        instruments: detail,
      })
    case 'warm':
      return logger.info('A strategy is warm', { strategy, instruments: detail })
    case 'released':
      return logger.info('A strategy is released', { strategy, by: detail })
    case 'tuned':
      return logger.info('A strategy was tuned', { strategy, parameters: detail })
    case 'decision_refused':
      return logger.warning('A decision about an instrument that is only quoted was refused', {
        strategy,
        instrument: detail,
      })
    case 'tuning_refused':
      return logger.warning('A tuning was refused and changed nothing', { strategy, why: detail })
  }
}
