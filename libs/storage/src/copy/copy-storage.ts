import type pg from 'pg'
import { verifyAudit, type AuditVerdict } from '../audit/verify-audit.ts'
import { storageFault, StorageError } from '../storage-error.ts'
import { copiedTables, type CopiedTable } from './copied-tables.ts'
import { areEqual, countRows, hasAll, totalOf } from './row-counts.ts'
import { TableCopier, type Key } from './table-copier.ts'

/** Progress of a table's copy. */
export interface CopyProgress {
  readonly table: string
  /** Number of the table, from 1, of `tables`. */
  readonly tableNumber: number
  readonly tables: number
  /** Rows done, and rows of the source when the table was begun. */
  readonly rows: number
  readonly totalRows: number
}

export interface CopyStorageOptions {
  /** A database with its schema up to date; it may be written to during the copy. */
  readonly from: pg.Pool
  /** Another one with its schema up to date; it may have rows of its own. */
  readonly to: pg.Pool
  /** Maximum rows per transaction; default 20,000. */
  readonly batchRows?: number
  /** Called before a table and after every batch. Must not throw. */
  readonly onProgress?: (progress: CopyProgress) => void
  /** Ends the copy between two batches; a new copy continues from there. */
  readonly signal?: AbortSignal
  /** The key of the audit chain, to verify it at the target. */
  readonly auditKey?: Buffer
}

/** The result for a table. */
export interface TableCopy {
  readonly table: string
  readonly sourceRows: number
  /** Rows that this copy added or updated; the others existed. */
  readonly newRows: number
  /** The target has as many rows of each of the source's runs as the source; of bars at least as many. */
  readonly isEqual: boolean
  /** Why the table was not copied. */
  readonly refused?: string
}

export interface CopyReport {
  readonly isComplete: boolean
  readonly tables: readonly TableCopy[]
  /** With an audit key: the chain at the target. */
  readonly audit?: AuditVerdict
}

const DEFAULT_BATCH_ROWS = 20_000

/**
 * Copies everything from one database to another. Existing rows stay, so it may be interrupted at any moment and started again.
 * Bars are copied too, since their trades may be gone; bars of trades that the source has not rolled up yet follow at the
 * target. Throws StorageError, or the signal's reason when that aborts.
 */
export async function copyStorage(options: CopyStorageOptions): Promise<CopyReport> {
  const { from, to, onProgress, signal, auditKey } = options
  try {
    const source = await identityOf(from)
    if (source === (await identityOf(to))) {
      throw new StorageError('rejected', 'Expected to copy from one database to another, was the same')
    }
    const tables: TableCopy[] = []
    for (const [i, table] of copiedTables.entries()) {
      signal?.throwIfAborted()
      const tell = (rows: number, totalRows: number) =>
        onProgress?.({ table: table.name, tableNumber: i + 1, tables: copiedTables.length, rows, totalRows })
      tables.push(await copyTable(table, source, options, tell))
    }
    const audit = auditKey && (await verifyAudit(to, auditKey))
    const isComplete = tables.every(({ isEqual }) => isEqual) && audit?.isIntact !== false
    return { isComplete, tables, ...(audit !== undefined && { audit }) }
  } catch (error) {
    signal?.throwIfAborted()
    throw storageFault(error, 'copy the storage')
  }
}

async function copyTable(
  table: CopiedTable,
  source: string,
  { from, to, batchRows = DEFAULT_BATCH_ROWS, signal }: CopyStorageOptions,
  tell: (rows: number, totalRows: number) => void,
): Promise<TableCopy> {
  const compare = async () => {
    const counts = await countRows(from, table)
    const there = await countRows(to, table, [...counts.keys()])
    return { sourceRows: totalOf(counts), isEqual: table.isDerived ? hasAll(counts, there) : areEqual(counts, there) }
  }
  const before = await compare()
  const refused = table.name === 'audit_log' ? await otherChain(from, to) : undefined
  if (refused !== undefined) return { table: table.name, ...before, newRows: 0, isEqual: false, refused }
  const mayChange = table.onConflict !== 'do nothing'
  if (before.isEqual && !mayChange) {
    tell(before.sourceRows, before.sourceRows)
    return { table: table.name, ...before, newRows: 0 }
  }

  return withClients(from, to, async (fromClient, toClient) => {
    const copier = new TableCopier({ from: fromClient, to: toClient, table, source, batchRows })
    let newRows = 0
    const copyFrom = async (start: { readonly lastKey: Key; readonly rows: number } | undefined) => {
      let after = start?.lastKey
      let rows = start?.rows ?? 0
      tell(rows, before.sourceRows)
      for (;;) {
        signal?.throwIfAborted()
        const batch = await copier.copyBatch(after, rows)
        if (batch === undefined) return
        after = batch.lastKey
        rows += batch.rows
        newRows += batch.newRows
        tell(rows, before.sourceRows)
      }
    }
    const progress = await copier.progress()
    await copyFrom(progress)
    let result = await compare()
    // The source has gained rows, or the target has lost some, before the place where the copy resumed.
    if (progress !== undefined && (mayChange || !result.isEqual)) {
      await copyFrom(undefined)
      result = await compare()
    }
    await copier.forgetProgress()
    return { table: table.name, ...result, newRows }
  })
}

/** Two chains cannot be merged: one of them must be the beginning of the other. */
async function otherChain(from: pg.Pool, to: pg.Pool): Promise<string | undefined> {
  const sql = 'select link::text, mac from audit_log order by audit_log.link'
  const [source, target] = await Promise.all([from, to].map((pool) => pool.query<{ link: string; mac: string }>(sql)))
  const macs = new Map(source?.rows.map(({ link, mac }) => [link, mac]))
  const isSame = (target?.rows ?? []).slice(0, macs.size).every(({ link, mac }) => macs.get(link) === mac)
  return isSame ? undefined : 'the target has an audit chain of its own'
}

async function identityOf(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `select system_identifier || '/' || current_database() as id from pg_control_system()`,
  )
  return rows[0]?.id ?? ''
}

async function withClients<Outcome>(
  from: pg.Pool,
  to: pg.Pool,
  work: (from: pg.PoolClient, to: pg.PoolClient) => Promise<Outcome>,
): Promise<Outcome> {
  const fromClient = await from.connect()
  let toClient: pg.PoolClient | undefined
  try {
    toClient = await to.connect()
    return await work(fromClient, toClient)
  } finally {
    // Temporary tables and an open transaction end with the connection.
    fromClient.release(true)
    toClient?.release(true)
  }
}
