// The ledger
export { createLedger, ledgerSchema, type Ledger, type RoundTrips, type Valuation } from './ledger.ts'
export { keptCashNotice } from './starting-cash.ts'
// What can be traded
export { tradableOf } from './tradable.ts'
// What is held
export type { Position } from './position.ts'
// Money
export { numberFromMoney } from './money.ts'
export { isMarkStale, markAgeUs, portfolioState } from './portfolio-state.ts'
