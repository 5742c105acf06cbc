import type { OwnedAccount } from '@triplane/contracts'
import type pg from 'pg'
import { storageFault } from '../storage-error.ts'

/** A state of an order as stored. Quantities are decimals, as the server writes them. */
export interface StoredOrder {
  readonly intentId: string
  /** Sequence of the order plane. */
  readonly seq: number
  readonly instrument: string
  readonly side: string
  readonly state: string
  readonly quantity: string
  readonly requestedQuantity: string
  readonly filledQuantity: string
}

/** A fill as stored. Amounts are decimals, as the server writes them. */
export interface StoredFill {
  readonly fillId: string
  readonly intentId: string
  readonly seq: number
  readonly strategy: string
  readonly instrument: string
  readonly side: string
  readonly quantity: string
  readonly price: string
  readonly fee: string
}

/** What the database has of the orders of a run: all as of one moment. */
export interface StoredExecutions {
  /** Every state that an order entered, by sequence. */
  readonly journal: readonly StoredOrder[]
  /** The last state of each order. */
  readonly orders: readonly StoredOrder[]
  /** By sequence. */
  readonly fills: readonly StoredFill[]
  /** What the account was opened with; undefined when it began with cash only. */
  readonly opening: OwnedAccount | undefined
  /** Records that the planes refused: `topic/partition/offset`. */
  readonly refused: readonly string[]
}

const INSTRUMENT = `symbol || '@' || venue as instrument`
const SEQ = 'seq::double precision as seq'
const ORDER = `intent_id as "intentId", ${SEQ}, ${INSTRUMENT}, side, state, quantity::text as quantity,
  requested_quantity::text as "requestedQuantity", filled_quantity::text as "filledQuantity"`
const FILL = `fill_id as "fillId", intent_id as "intentId", ${SEQ}, strategy, ${INSTRUMENT}, side,
  quantity::text as quantity, price::text as price, fee::text as fee`
const REFUSED = `(origin->>'topic') || '/' || (origin->>'partition') || '/' || (origin->>'offset') as place`

/** Reads the orders and fills of a run, in one transaction. Throws StorageError. */
export async function readExecutions(pool: pg.Pool, runId: string): Promise<StoredExecutions> {
  const client = await pool.connect().catch((error: unknown) => Promise.reject(storageFault(error, 'connect')))
  try {
    await client.query('begin isolation level repeatable read read only')
    const rowsOf = async <Row extends pg.QueryResultRow>(select: string, end = '') =>
      (await client.query<Row>(`select ${select} where run_id = $1 ${end}`, [runId])).rows
    const journal = await rowsOf<StoredOrder>(`${ORDER} from order_journal`, 'order by order_journal.seq')
    const orders = await rowsOf<StoredOrder>(`${ORDER} from orders`)
    const fills = await rowsOf<StoredFill>(`${FILL} from fills`, 'order by fills.seq')
    const [opened] = await rowsOf<{ account: OwnedAccount }>('account from account_openings')
    const refused = await rowsOf<{ place: string }>(`${REFUSED} from dead_letters`, 'and origin is not null')
    await client.query('commit')
    return { journal, orders, fills, opening: opened?.account, refused: refused.map(({ place }) => place) }
  } catch (error) {
    throw storageFault(error, 'read the orders and fills of a run')
  } finally {
    // Whatever became of the transaction, the connection is not used again.
    client.release(true)
  }
}
