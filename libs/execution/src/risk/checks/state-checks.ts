import type { RiskCheck } from '../risk-check.ts'

/** Denies everything while any kill switch is active. */
export const killSwitchCheck: RiskCheck = {
  code: 'kill_switch',
  refuse: (_, { activeSwitch }) => (activeSwitch ? { code: 'kill_switch', switchType: activeSwitch } : undefined),
}

/** Denies everything while halted, and what would open a position while reducing. */
export const tradingStateCheck: RiskCheck = {
  code: 'trading_state',
  refuse({ quantityUnits }, { tradingState }) {
    if (tradingState === 'active' || (tradingState === 'reducing' && quantityUnits > 0n)) return undefined
    return { code: 'trading_state', state: tradingState }
  },
}
