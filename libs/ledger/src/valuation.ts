import { field, stateSchema, type StateOf } from '@triplane/contracts'
import type { Balances } from './balances.ts'
import type { Position } from './position.ts'
import type { Gains } from './sub-ledgers.ts'

/** One position in USD (1e-8). */
export interface PositionValue extends Gains {
  readonly position: Position
  readonly markValueUsd: bigint
  /** Held, but too small to be closed. */
  readonly isDust: boolean
}

/** The account at its marks, in USD (1e-8). */
export interface Valuation {
  readonly startingCashUsd: bigint
  /** Starting cash + deposits + realised + unrealised, exactly. */
  readonly equityUsd: bigint
  /** Net of commission. */
  readonly realizedUsd: bigint
  readonly unrealizedUsd: bigint
  /** Commission paid, for information: it is in `realizedUsd`. */
  readonly feesUsd: bigint
  /** Deposits less withdrawals, each at its value when it was booked. */
  readonly depositsUsd: bigint
  readonly balances: Balances
  readonly grossUsd: bigint
  readonly netUsd: bigint
  /** Fall from the highest observed equity; 0-1, above when all is lost. */
  readonly drawdownRatio: number
  readonly maxDrawdownRatio: number
  /** All instruments ever traded, in the order of the instruments. */
  readonly positions: readonly PositionValue[]
}

export const roundTripsSchema = stateSchema({ closed: field.count, won: field.count })
export type RoundTrips = StateOf<typeof roundTripsSchema>
