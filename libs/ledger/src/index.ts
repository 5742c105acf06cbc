// The ledger
export { createLedger, ledgerSchema, type Ledger, type RoundTrips, type Valuation } from './ledger.ts'
export { keptCashNotice } from './starting-cash.ts'
// What can be traded
export { tradableOf } from './tradable.ts'
// What is held, and whose it is
export type { Booked, Position } from './position.ts'
export { divide, sharesOfFill, type Share } from './shares.ts'
export type { StrategyValuation } from './sub-ledgers.ts'
// Money
export { numberFromMoney } from './money.ts'
export { isMarkStale, markAgeUs, portfolioState } from './portfolio-state.ts'
