import type pg from 'pg'
import { storageFault } from '../storage-error.ts'
import { macOf, NO_MAC, type AuditRow, type PublishedLink } from './audit-chain.ts'
import { auditColumns, auditRowOf, type AuditRecord } from './audit-row-sql.ts'

/**
 * - `changed_row`: the row, or its mac, is not as it was written; when both were changed, the next one cannot fit either
 * - `missing_links`: rows are missing; the one after them cannot be judged, since its mac covers them
 * - `tail_cut`: the newest published row, and maybe some before it, are missing from the end
 * - `published_differs`: the row differs from the published one
 * - `wrong_key`: no row fits this key: it is not the key of the chain, or every row was changed
 */
export type AuditProblem =
  | { readonly code: 'changed_row'; readonly link: number }
  | { readonly code: 'missing_links'; readonly from: number; readonly to: number }
  | { readonly code: 'tail_cut'; readonly newestLink: number; readonly publishedLink: number }
  | { readonly code: 'published_differs'; readonly link: number; readonly mac: string; readonly publishedMac: string }
  | { readonly code: 'wrong_key'; readonly rows: number }

export interface AuditVerdict {
  readonly isIntact: boolean
  readonly rows: number
  /** Absent without rows. */
  readonly newest?: PublishedLink
  /** By link. */
  readonly problems: readonly AuditProblem[]
}

const PAGE_ROWS = 5000
const FIRST_BIGINT = '-9223372036854775808'

/**
 * Verifies the whole chain: every row against the key and the row before, and the end against the newest published link.
 * Without that link, a cut tail cannot be detected. Throws StorageError.
 */
export async function verifyAudit(pool: pg.Pool, key: Buffer, newestPublished?: PublishedLink): Promise<AuditVerdict> {
  const judge = new ChainJudge(key, newestPublished)
  try {
    for (let after = FIRST_BIGINT, isEnd = false; !isEnd;) {
      const page = `select ${auditColumns} from audit_log where link > $1 order by audit_log.link limit ${PAGE_ROWS}`
      const { rows } = await pool.query<AuditRecord>(page, [after])
      for (const record of rows) judge.take(auditRowOf(record))
      isEnd = rows.length < PAGE_ROWS
      after = rows.at(-1)?.link ?? after
    }
  } catch (error) {
    throw storageFault(error, 'read the audit')
  }
  return judge.verdict()
}

/** Judges rows one by one, in order. */
class ChainJudge {
  readonly #key: Buffer
  readonly #published: PublishedLink | undefined
  readonly #problems: AuditProblem[] = []
  #rows = 0
  #judgedRows = 0
  #changedRows = 0
  #last: PublishedLink = { link: 0, mac: NO_MAC }
  /** The mac that the last row should have; the row's own, unless it was changed. */
  #lastComputed = NO_MAC

  constructor(key: Buffer, published: PublishedLink | undefined) {
    this.#key = key
    this.#published = published
  }

  take(row: AuditRow): void {
    this.#rows++
    const { link, mac } = row
    if (link < 1) {
      this.#problems.push({ code: 'changed_row', link })
      return
    }
    if (link > this.#last.link + 1) {
      this.#problems.push({ code: 'missing_links', from: this.#last.link + 1, to: link - 1 })
      this.#lastComputed = mac
    } else this.#judge(row)
    const published = this.#published
    if (published?.link === link && published.mac !== mac) {
      this.#problems.push({ code: 'published_differs', link, mac, publishedMac: published.mac })
    }
    this.#last = { link, mac }
  }

  verdict(): AuditVerdict {
    const { link } = this.#last
    const problems = [...this.#problems]
    if (this.#published !== undefined && this.#published.link > link) {
      problems.push({ code: 'tail_cut', newestLink: link, publishedLink: this.#published.link })
    }
    const hasKey = this.#judgedRows === 0 || this.#changedRows < this.#judgedRows
    const told = hasKey ? problems : [{ code: 'wrong_key', rows: this.#rows } as const, ...problems.filter(isNotChange)]
    return {
      isIntact: told.length === 0,
      rows: this.#rows,
      ...(this.#rows > 0 && { newest: this.#last }),
      problems: told,
    }
  }

  /**
   * A row fits when it follows the previous mac as stored or, if that was changed, as it should be: the change is not its
   * fault.
   */
  #judge(row: AuditRow): void {
    this.#judgedRows++
    const computed = macOf(this.#key, row, this.#last.mac)
    const fits = computed === row.mac || macOf(this.#key, row, this.#lastComputed) === row.mac
    this.#lastComputed = fits ? row.mac : computed
    if (fits) return
    this.#changedRows++
    this.#problems.push({ code: 'changed_row', link: row.link })
  }
}

function isNotChange({ code }: AuditProblem): boolean {
  return code !== 'changed_row'
}

/** A problem in one sentence. */
export function describeAuditProblem(problem: AuditProblem): string {
  switch (problem.code) {
    case 'changed_row':
      return `Row ${problem.link} is not as it was written`
    case 'missing_links': {
      const { from, to } = problem
      return from === to ? `Row ${from} is missing` : `Rows ${from} to ${to} are missing`
    }
    case 'tail_cut':
      return `The end is cut: row ${problem.publishedLink} was published, the last one here is ${problem.newestLink}`
    case 'published_differs':
      return `Row ${problem.link} is another one than was published`
    case 'wrong_key':
      return `None of ${problem.rows} rows fits this key: it is not the key of this audit, or all rows were changed`
  }
}
