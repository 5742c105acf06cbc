// The ledger
export {
  createLedger,
  ledgerSchema,
  type Ledger,
  type LedgerConfig,
  type LedgerSnapshot,
  type PositionValue,
  type RoundTrips,
  type Valuation,
} from './ledger.ts'
export { keptCashNotice } from './starting-cash.ts'
// What can be traded
export { tradableOf } from './tradable.ts'
// What is held
export { averagePrice, markValue, unrealized, type Position } from './position.ts'
// Money
export { convertMoney, numberFromMoney, parseRate, roundMoney, type Rate } from './money.ts'
export { isMarkStale, markAgeUs, portfolioState } from './portfolio-state.ts'
