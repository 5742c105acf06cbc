// The ledger
export { createLedger, type Ledger } from './ledger.ts'
export { isAgreed, ledgerDifferences, noDifferences, type LedgerDifferences } from './ledger-totals.ts'
export { ledgerSchema } from './ledger-snapshot.ts'
export type { FillRefusal } from './fill-refusal.ts'
export type { OpeningRefusal } from './opening-refusal.ts'
export type { RoundTrips, Valuation } from './valuation.ts'
export { keptCashNotice } from './starting-cash.ts'
// Holdings and the strategies' parts
export type { Booked, Position } from './position.ts'
export { divide, sharesOfFill, type Share } from './shares.ts'
export { nothingMadeBy, type StrategyValuation } from './sub-ledgers.ts'
// Money
export { numberFromMoney } from './money.ts'
export { isMarkStale, markAgeUs, portfolioState } from './portfolio-state.ts'
