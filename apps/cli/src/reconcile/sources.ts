import type { OwnedAccount } from '@triplane/contracts'
import type { StoredFill, StoredOrder } from '@triplane/storage'

/** A fill, as any source tells it. */
export interface FoundFill extends StoredFill {
  /** Absent: the quote currency, or a source that does not keep it. */
  readonly feeCurrency?: string | undefined
}

/** An order that the strategy plane wanted. */
export interface FoundIntent {
  readonly intentId: string
  readonly instrument: string
  readonly side: string
  readonly quantity: string
  readonly validUntilUs: number
}

/** What one topic holds of a run, without repetitions, in the order of its sequence. */
export interface Kept<Row> {
  readonly rows: readonly Row[]
  /** Whether the topic still has its first record: nothing fell out of its retention. */
  readonly isWhole: boolean
}

/** What the topics hold of a run. */
export interface TopicsSide {
  readonly intents: Kept<FoundIntent>
  readonly orders: Kept<StoredOrder>
  readonly fills: Kept<FoundFill>
  /** What the account was opened with; undefined when it began with cash only. */
  readonly opening: OwnedAccount | undefined
}

/** What the database has of a run. */
export interface DatabaseSide {
  readonly journal: readonly StoredOrder[]
  readonly orders: readonly StoredOrder[]
  readonly fills: readonly FoundFill[]
  readonly opening: OwnedAccount | undefined
}

/** A plane's ledger, as of the fill that it booked last. */
export interface LedgerSide {
  readonly plane: 'order' | 'strategy'
  readonly account: OwnedAccount
  readonly lastFillId: string | undefined
  readonly marketUs: number
}

/** Every source that there is; those that are absent are not compared. */
export interface Sources {
  readonly topics?: TopicsSide
  readonly database?: DatabaseSide
  readonly ledgers: readonly LedgerSide[]
}

/** Something that two sources tell differently. */
export interface Difference {
  readonly kind: 'order' | 'quantity' | 'fill' | 'position' | 'cash'
  /** Of the order or fill; of a position the plane and its instrument. */
  readonly id: string
  /** Which field, or what is missing: with kind and id it names the difference. */
  readonly what: string
  readonly detail: string
}
