import { retry, SerialQueue } from '@triplane/async'
import { invariant, systemClock, type Clock } from '@triplane/kernel'
import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { fromUs } from '../history/time-sql.ts'
import { storageFault, StorageError } from '../storage-error.ts'
import {
  completeEntry,
  macOf,
  NO_MAC,
  type AuditEntry,
  type AuditRow,
  type CompleteEntry,
  type PublishedLink,
} from './audit-chain.ts'
import { AuditQueue } from './audit-queue.ts'
import { auditColumns, auditRowOf, type AuditRecord } from './audit-row-sql.ts'

export interface AuditLogOptions {
  readonly pool: pg.Pool
  /** False until the schema exists: the database then counts as down. */
  readonly isReady?: () => boolean
  /** The key of the chain, at least 16 bytes. It is not in the database. */
  readonly key: Buffer
  readonly clock?: Clock
  /** Called with the newest link after each commit, so that a cut tail is noticed. Must not throw. */
  readonly publish?: (link: PublishedLink) => void
  /** Where entries wait for the database: a folder of its own, for one process at a time. Needed for `appendEventually`. */
  readonly queueFolder?: string
  /** Called with a line for people about something unusual. */
  readonly onNotice?: (line: string) => void
}

export interface AuditLog {
  /**
   * Resolves when the row is committed, after everything in the queue. Throws StorageError; after a retryable one the row may
   * be there nevertheless: append it again under the same `entryId`.
   */
  append(entry: AuditEntry): Promise<AuditRow>
  /**
   * Resolves when the entry is on the disk; it is committed as soon as the database accepts it, once and in order, by this
   * process or the next. Rejects with StorageError `spill_failed` when the disk fails: the entry then waits in memory.
   */
  appendEventually(entry: AuditEntry): Promise<void>
  /**
   * Commits the entry when no other waits, one at a time, so that it delays none by more than itself. It waits in memory, where
   * the oldest is given up beyond 1000; `close` leaves it to the next process.
   */
  appendBehind(entry: AuditEntry): void
  /** The newest link, for publishing again after a restart. Throws StorageError. */
  newest(): Promise<PublishedLink | undefined>
  /** Resolves when the queue is empty. Throws StorageError when the database does not accept it now. */
  flush(): Promise<void>
  health(): { readonly isHealthy: boolean; readonly queued: number; readonly fault?: StorageError }
  /** Leaves the queue to the next process. */
  close(): Promise<void>
}

/** Any number; the same in every Triplane: one process at a time appends to the chain. */
const LOCK = 7_241_985_004
const SHORTEST_KEY_BYTES = 16
const MOST_BEHIND = 1000
const BACKOFF = { firstMs: 100, longestMs: 5000 }

const NEWEST = `select link::text, mac from audit_log order by audit_log.link desc limit 1`
const INSERT = `insert into audit_log
  (link, entry_id, time, account, run_id, command, who, why, before, after, outcome, mac)
  values ($1, $2, ${fromUs('$3::bigint')}, $4, $5, $6, $7, $8, $9, $10, $11, $12)`

/** Opens the audit log. Throws StorageError `spill_failed` when the queue's folder cannot be used. */
export function createAuditLog(options: AuditLogOptions): AuditLog {
  return new ChainedAuditLog(options)
}

/**
 * Invariants
 * 1. Links are 1, 2, 3, ... in order of commit, each with the mac of the one before in its own, whoever writes.
 * 2. An entry is in the chain once, however often it is appended under its id.
 * 3. Entries of this process are in the chain in the order in which they were given.
 */
class ChainedAuditLog implements AuditLog {
  readonly #pool: pg.Pool
  readonly #isReady: () => boolean
  readonly #key: Buffer
  readonly #clock: Clock
  readonly #publish: (link: PublishedLink) => void
  readonly #onNotice: (line: string) => void
  readonly #queue: AuditQueue | undefined
  /** Appends of this process run one after the other, so that links are published in order. */
  readonly #appends = new SerialQueue()
  #draining: Promise<void> | undefined
  /** Entries that wait behind all others. */
  readonly #behind: CompleteEntry[] = []
  #drainingBehind: Promise<void> | undefined
  #fault: StorageError | undefined
  /** Aborts on close. */
  readonly #closing = new AbortController()

  constructor({ pool, isReady, key, clock, publish, queueFolder, onNotice }: AuditLogOptions) {
    if (key.length < SHORTEST_KEY_BYTES) {
      throw new RangeError(`Expected an audit key of at least ${SHORTEST_KEY_BYTES} bytes, was ${key.length}`)
    }
    this.#pool = pool
    this.#isReady = isReady ?? (() => true)
    this.#key = key
    this.#clock = clock ?? systemClock
    this.#publish = publish ?? (() => undefined)
    this.#onNotice = onNotice ?? (() => undefined)
    if (queueFolder !== undefined) this.#queue = new AuditQueue(queueFolder, this.#onNotice)
    this.#drainInBackground()
  }

  append(entry: AuditEntry): Promise<AuditRow> {
    this.#checkOpen()
    const complete = this.#complete(entry)
    return this.#appends.run(async () => {
      await this.#commitQueued()
      return this.#commit(complete)
    })
  }

  async appendEventually(entry: AuditEntry): Promise<void> {
    this.#checkOpen()
    invariant(this.#queue !== undefined, 'an audit log that appends eventually has a folder for its queue')
    const added = this.#queue.add(this.#complete(entry))
    this.#drainInBackground()
    await added
  }

  appendBehind(entry: AuditEntry): void {
    this.#checkOpen()
    this.#behind.push(this.#complete(entry))
    if (this.#behind.length > MOST_BEHIND) {
      const given = this.#behind.shift()
      this.#onNotice(`An audit entry is given up, for ${MOST_BEHIND} wait behind the others: ${given?.why}`)
    }
    this.#drainingBehind ??= this.#drainBehind().finally(() => (this.#drainingBehind = undefined))
  }

  async newest(): Promise<PublishedLink | undefined> {
    try {
      const { rows } = await this.#pool.query<{ link: string; mac: string }>(NEWEST)
      return rows[0] && { link: Number(rows[0].link), mac: rows[0].mac }
    } catch (error) {
      throw storageFault(error, 'read the newest audit row')
    }
  }

  flush(): Promise<void> {
    return this.#appends.run(() => this.#commitQueued())
  }

  health(): { readonly isHealthy: boolean; readonly queued: number; readonly fault?: StorageError } {
    const fault = this.#fault
    const queued = this.#queue?.size ?? 0
    return { isHealthy: fault === undefined, queued, ...(fault !== undefined && { fault }) }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#draining
    await this.#drainingBehind
    await this.#appends.idle()
    for (const entry of this.#behind.splice(0)) await this.#queue?.add(entry).catch(() => undefined)
    await this.#queue?.close()
  }

  #checkOpen(): void {
    if (this.#closing.signal.aborted) throw new StorageError('closed', 'Expected an open audit log, was closed')
  }

  #complete(entry: AuditEntry): CompleteEntry {
    return completeEntry(entry, randomUUID(), this.#clock.nowUs())
  }

  #drainInBackground(): void {
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = undefined
      // An entry may have arrived at the last moment.
      if (!this.#closing.signal.aborted && (this.#queue?.size ?? 0) > 0) this.#drainInBackground()
    })
  }

  /** Retries forever, because entries must reach the audit: no fault is final. */
  async #drain(): Promise<void> {
    const onFailure = (error: unknown) => {
      if (!(error instanceof StorageError)) throw error
    }
    const { signal } = this.#closing
    while (!signal.aborted && (this.#queue?.size ?? 0) > 0)
      await retry(() => this.flush(), { backoff: BACKOFF, onFailure, signal })
  }

  async #drainBehind(): Promise<void> {
    const { signal } = this.#closing
    const onFailure = (error: unknown) => {
      if (!(error instanceof StorageError)) throw error
    }
    while (!signal.aborted && this.#behind.length > 0) {
      await this.#appends.idle()
      const [entry] = this.#behind
      if (entry === undefined) continue
      const commit = () => this.#appends.run(() => this.#commitQueued().then(() => this.#commit(entry)))
      await retry(commit, { backoff: BACKOFF, onFailure, signal })
      const place = this.#behind.indexOf(entry)
      if (!signal.aborted && place >= 0) this.#behind.splice(place, 1)
    }
  }

  async #commitQueued(): Promise<void> {
    for (let entry = this.#queue?.oldest; entry !== undefined; entry = this.#queue?.oldest) {
      await this.#commit(entry)
      await this.#queue?.removeOldest()
    }
  }

  async #commit(entry: CompleteEntry): Promise<AuditRow> {
    let client: pg.PoolClient | undefined
    try {
      if (!this.#isReady())
        throw new StorageError('unavailable', 'Expected a database with its schema, was not ready yet')
      client = await this.#pool.connect()
      const { row, newest } = await this.#insert(client, entry)
      client.release()
      this.#fault = undefined
      this.#publish({ link: newest.link, mac: newest.mac })
      return row
    } catch (error) {
      client?.release(true)
      const fault = storageFault(error, `append ${entry.command} to the audit`)
      this.#fault = fault
      throw fault
    }
  }

  async #insert(client: pg.PoolClient, entry: CompleteEntry): Promise<{ row: AuditRow; newest: PublishedLink }> {
    await client.query("begin; set local lock_timeout = '5s'; set local synchronous_commit = on")
    await client.query('select pg_advisory_xact_lock($1)', [LOCK])
    const last = await client.query<{ link: string; mac: string }>(NEWEST)
    const previous = { link: Number(last.rows[0]?.link ?? 0), mac: last.rows[0]?.mac ?? NO_MAC }
    const known = await client.query<AuditRecord>(`select ${auditColumns} from audit_log where entry_id = $1`, [
      entry.entryId,
    ])
    if (known.rows[0] !== undefined) {
      await client.query('commit')
      return { row: auditRowOf(known.rows[0]), newest: previous }
    }
    const unsigned = { ...entry, link: previous.link + 1 }
    const row: AuditRow = { ...unsigned, mac: macOf(this.#key, unsigned, previous.mac) }
    await client.query(INSERT, valuesOf(row))
    await client.query('commit')
    return { row, newest: row }
  }
}

function valuesOf(row: AuditRow): unknown[] {
  const { link, entryId, timeUs, account, runId, command, who, why, before, after, outcome, mac } = row
  const json = [before, after].map((value) => (value === undefined ? undefined : JSON.stringify(value)))
  return [link, entryId, timeUs, account, runId, command, who, why, ...json, outcome, mac]
}
