import { createHmac } from 'node:crypto'

/** Any JSON value. */
export type JsonValue =
  string | number | boolean | null | undefined | readonly JsonValue[] | { readonly [name: string]: JsonValue }

/** An operator's action, for the audit. */
export interface AuditEntry {
  /** Identifies the entry when it is appended again; generated when absent. */
  readonly entryId?: string
  /** Wall time of the action; now when absent. */
  readonly timeUs?: number
  readonly account: string
  /** Absent when no run was known. */
  readonly runId?: string
  /** The command: `halt`, `resume`, ... */
  readonly command: string
  /** Name of the operator: that of the token. */
  readonly who: string
  readonly why: string
  /** The state before the action and the one after it. */
  readonly before?: JsonValue
  readonly after?: JsonValue
  /** The outcome: `done`, or why it was refused. */
  readonly outcome: string
}

/** An entry with every field set, its text storable. */
export interface CompleteEntry extends AuditEntry {
  readonly entryId: string
  readonly timeUs: number
}

/** A link of the chain. */
export interface AuditRow extends CompleteEntry {
  /** From 1, without a hole. */
  readonly link: number
  /** 64 hex digits. */
  readonly mac: string
}

/** The published part of a link. */
export type PublishedLink = Pick<AuditRow, 'link' | 'mac'>

/** The mac before the first link. */
export const NO_MAC = '0'.repeat(64)

/**
 * The canonical form of a row, which its mac covers: a JSON array without spaces,
 * `["triplane-audit-1",link,entryId,timeUs,account,runId,command,who,why,before,after,outcome]`. The time is integer
 * microseconds; absent values are null; names within objects are sorted by UTF-16 code units; numbers and strings are as
 * JavaScript's JSON.stringify writes them (that is RFC 8785).
 */
export function canonicalRow(row: Omit<AuditRow, 'mac'>): string {
  const { link, entryId, timeUs, account, runId, command, who, why, before, after, outcome } = row
  const fields = [link, entryId, timeUs, account, runId, command, who, why, before, after, outcome]
  return `["triplane-audit-1",${fields.map(canonicalJson).join()}]`
}

/** The mac of a row, which covers the one before: HMAC-SHA-256 over the canonical form, then the previous mac, as text. */
export function macOf(key: Buffer, row: Omit<AuditRow, 'mac'>, previousMac: string): string {
  return createHmac('sha256', key).update(canonicalRow(row), 'utf8').update(previousMac, 'utf8').digest('hex')
}

/** The entry as the database returns it: text loses NUL and lone surrogates, which Postgres cannot store. */
export function completeEntry(entry: AuditEntry, entryId: string, timeUs: number): CompleteEntry {
  const complete = { ...entry, entryId: entry.entryId ?? entryId, timeUs: entry.timeUs ?? timeUs }
  return storable(complete) as JsonValue & CompleteEntry
}

function canonicalJson(value: JsonValue): string {
  if (value === undefined || value === null) return 'null'
  if (typeof value !== 'object') return JSON.stringify(value)
  if (isArray(value)) return `[${value.map(canonicalJson).join()}]`
  const fields = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`)
  return `{${fields.join()}}`
}

function storable(value: JsonValue): JsonValue {
  if (typeof value === 'string') return storableText(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null
  if (typeof value !== 'object' || value === null) return value
  if (isArray(value)) return value.map((item) => storable(item) ?? null)
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.fromEntries(fields.map(([name, field]) => [storableText(name), storable(field)]))
}

const isArray: (value: JsonValue) => value is readonly JsonValue[] = Array.isArray

function storableText(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8').replaceAll('\0', '\uFFFD')
}
