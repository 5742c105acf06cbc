import { field, stateSchema, type StateOf } from '@triplane/contracts'
import { bookingRecordSchema, nothingRecorded } from './booking-record.ts'
import { holdingSchema } from './holding.ts'
import { subLedgersSchema } from './sub-ledgers.ts'
import { roundTripsSchema } from './valuation.ts'

/** A saved ledger. */
export const ledgerSchema = stateSchema({
  startingCashUsd: field.units,
  positions: field.list(holdingSchema),
  /** Assets that were deposited or that fees were paid in, as positions in their price's currency. */
  assets: field.list(holdingSchema),
  /** Starting cash and deposits, by currency. */
  cash: field.list(stateSchema({ currency: field.text, units: field.units })),
  depositsUsd: field.units,
  fillIds: field.list(field.text),
  bookings: bookingRecordSchema,
  peakUsd: field.units,
  maxDrawdownRatio: field.real,
  roundTrips: roundTripsSchema,
  subLedgers: subLedgersSchema,
})
export type LedgerSnapshot = StateOf<typeof ledgerSchema>

/** A ledger that has `startingCashUsd` (1e-8) and nothing else. */
export function untouchedLedger(startingCashUsd: bigint): LedgerSnapshot {
  const units = String(startingCashUsd)
  return {
    startingCashUsd: units,
    positions: [],
    assets: [],
    cash: [{ currency: 'USD', units }],
    depositsUsd: '0',
    fillIds: [],
    bookings: nothingRecorded,
    peakUsd: units,
    maxDrawdownRatio: 0,
    roundTrips: { closed: 0, won: 0 },
    subLedgers: [],
  }
}
