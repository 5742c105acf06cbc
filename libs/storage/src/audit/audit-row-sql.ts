import type { AuditRow, JsonValue } from './audit-chain.ts'

/** A row of `auditColumns`. */
export interface AuditRecord {
  readonly link: string
  readonly entry_id: string
  readonly time_us: string
  readonly account: string
  readonly run_id: string | null
  readonly command: string
  readonly who: string
  readonly why: string
  readonly before: JsonValue
  readonly after: JsonValue
  readonly outcome: string
  readonly mac: string
}

/** The columns of `audit_log`, times as exact integer microseconds. */
export const auditColumns = `link::text, entry_id, (extract(epoch from time) * 1000000)::bigint::text as time_us, account, run_id,
  command, who, why, before, after, outcome, mac`

export function auditRowOf(record: AuditRecord): AuditRow {
  const { link, entry_id, time_us, run_id, before, after, ...same } = record
  return {
    ...same,
    link: Number(link),
    entryId: entry_id,
    timeUs: Number(time_us),
    ...(run_id !== null && { runId: run_id }),
    ...(before !== null && { before }),
    ...(after !== null && { after }),
  }
}
