import { promql } from './promql/promql.ts'
import { duration, type Thresholds } from './thresholds.ts'

/**
 * A state so bad that its alert must keep firing when the plane that reported it crashes, until the plane is back and reports
 * otherwise.
 *
 * 1. While any plane reports the bad state, it fires.
 * 2. It ends when a plane whose core runs reports so. A plane that has just started shows 0 before it knows.
 * 3. Without any report, the last known state counts, for `lastKnown.keptSeconds`.
 */
export interface LastingState {
  /** The recorded series of the last known state. */
  readonly record: string
  readonly gauge: string
  /** Labels that distinguish states. */
  readonly by: string
  readonly operator: 'max' | 'min'
  /** `max_over_time` keeps a state shorter than the time between two evaluations, for `blip.keptSeconds`. */
  readonly overTime: 'max_over_time' | 'last_over_time'
  /** The condition of a bad state. */
  readonly isBad: (thresholds: Thresholds) => string
  /** A series that exists on the same target once the plane's core runs, over a given range. */
  readonly coreRuns: (range: string) => string
}

/** The interval at which the last known state is recorded, seconds, and the window, so that no sample is missed. */
export const RECORD_LAST_KNOWN_EVERY_SECONDS = 15
const RECORD_OVER_SECONDS = 2 * RECORD_LAST_KNOWN_EVERY_SECONDS

/** Present once the strategy plane's core is measured, not before. */
const strategyCoreRuns = (range: string) => `present_over_time(strategy_portfolio_value_usd[${range}])`
/** One state is in force once the order plane's core runs; before that all are 0. */
const orderCoreRuns = (range: string) => `max by (job, instance) (max_over_time(orders_trading_state[${range}])) > 0`

const ofOrderPlane = { by: 'job, instance', coreRuns: orderCoreRuns } as const

export const killSwitchActive: LastingState = {
  record: 'switch_type:strategy_kill_switch_active:last_known',
  gauge: 'strategy_kill_switch_active',
  // Without the instance: another strategy plane may take over, and be re-armed.
  by: 'switch_type',
  operator: 'max',
  overTime: 'max_over_time',
  isBad: () => '> 0',
  coreRuns: strategyCoreRuns,
}

/** `state` is halted or reducing. */
export function tradingState(state: 'halted' | 'reducing'): LastingState {
  return {
    ...ofOrderPlane,
    record: `instance_state:orders_trading_state_${state}:last_known`,
    gauge: `orders_trading_state{state="${state}"}`,
    by: 'job, instance, state',
    operator: 'max',
    overTime: 'max_over_time',
    isBad: () => '> 0',
  }
}

export const unrealizedLoss: LastingState = {
  ...ofOrderPlane,
  record: 'instance_exchange_symbol:trading_unrealized_pnl_krw:last_known',
  gauge: 'trading_unrealized_pnl_krw',
  by: 'job, instance, exchange, symbol',
  operator: 'min',
  overTime: 'last_over_time',
  isBad: ({ highUnrealizedLoss }) => `< ${highUnrealizedLoss.belowKrw}`,
}

export const reconciliationDifferences: LastingState = {
  ...ofOrderPlane,
  record: 'instance_kind:orders_reconciliation_differences:last_known',
  gauge: 'orders_reconciliation_differences',
  by: 'job, instance, kind',
  operator: 'max',
  overTime: 'last_over_time',
  isBad: () => '> 0',
}

export const lastingStates: readonly LastingState[] = [
  killSwitchActive,
  tradingState('halted'),
  tradingState('reducing'),
  unrealizedLoss,
  reconciliationDifferences,
]

/** The expression of the state's alert. */
export function lastingStateExpr(state: LastingState, thresholds: Thresholds): string {
  const { record, by } = state
  const range = duration(thresholds.blip.keptSeconds)
  const isBad = state.isBad(thresholds)
  return promql`
    ${said(state, range)} ${isBad}
    or
    (
      last_over_time(${record}[${duration(thresholds.lastKnown.keptSeconds)}]) ${isBad}
      unless on (${by})
      ${saidByRunningCore(state, range)}
    )
  `
}

/** The recorded expression of the state: what planes report, except a good value from a plane that does not know yet. */
export function lastKnownExpr(state: LastingState, thresholds: Thresholds): string {
  const range = duration(RECORD_OVER_SECONDS)
  return promql`
    ${said(state, range)} ${state.isBad(thresholds)}
    or
    ${saidByRunningCore(state, range)}
  `
}

function said({ operator, by, overTime, gauge }: LastingState, range: string): string {
  return `${operator} by (${by}) (${overTime}(${gauge}[${range}]))`
}

function saidByRunningCore({ operator, by, overTime, gauge, coreRuns }: LastingState, range: string): string {
  return promql`
    ${operator} by (${by}) (
      ${overTime}(${gauge}[${range}])
      and on (job, instance)
      ${coreRuns(range)}
    )
  `
}
