import { explainEvent, isEvent, wire, type Event } from '@triplane/contracts'
import { scanLines } from '../files/checked-lines.ts'
import { checkedRecord, scanRecords } from '../files/checked-records.ts'

/**
 * The format of a spill segment: checked records. The first one is JSON, `{"version":2,"runId":"..."}`; each of the others is one
 * row: a byte 1, the length of the producer's name, 2 bytes, little-endian, its name in UTF-8, and the event as a record of the
 * binary wire. A row is a record of its own, so that damage spoils no other.
 *
 * Segments of version 1, which an earlier build left, are checked lines: the header in the same form, rows as
 * `["producer",{...the event}]`. They are read.
 */

/** Rows of any types, in two columns, in the order of spilling. */
export interface SpilledRows {
  readonly events: readonly Event[]
  readonly producers: readonly string[]
}

/** The rows that this build can read, and what it cannot. */
export interface SegmentRows extends SpilledRows {
  readonly unreadable: number
  /** Why the first of them is not. */
  readonly why?: string
}

/** 1 in lines, 2 in records. */
export type SegmentVersion = 1 | 2

/** The contents of a segment's bytes. */
export interface SegmentScan {
  readonly version: SegmentVersion
  /** The run of these rows; undefined when the header is broken. */
  readonly runId: string | undefined
  /** The intact rows, without checksums. */
  readonly rows: readonly Buffer[]
  /** Broken stretches, a row each: a torn last one, or ones damaged later. */
  readonly tornRows: number
  /** End of the last intact row: the rest was torn. */
  readonly wholeBytes: number
}

const ROW = 1
/** Offsets in a row: of the length of the producer's name, and of the name. */
const LENGTH_AT = 1
const NAME_AT = 3

export function segmentHeader(runId: string): Buffer {
  return checkedRecord(Buffer.from(JSON.stringify({ version: 2, runId })))
}

export function segmentRow(producer: string, event: Event): Buffer {
  const name = Buffer.from(producer)
  const head = Buffer.alloc(NAME_AT)
  head[0] = ROW
  head.writeUInt16LE(name.length, LENGTH_AT)
  return checkedRecord(Buffer.concat([head, name, wire.encodeRecord([event])]))
}

/** Finds the intact rows of a segment of a version, whatever happened to it. */
export function scanSegment(bytes: Buffer, version: SegmentVersion): SegmentScan {
  if (version === 1) {
    const { lines, wholeBytes } = scanLines(bytes)
    return { version, ...partsOf(lines, version), wholeBytes }
  }
  const records = scanRecords(bytes)
  const last = records.findLast((record) => record !== undefined)
  const end = last === undefined ? 0 : last.byteOffset + last.length - bytes.byteOffset
  return { version, ...partsOf(records, version), wholeBytes: end }
}

/** Reads the rows that `scanSegment` found intact. An event of another build may be unreadable here. */
export function readRows({ version, rows }: Pick<SegmentScan, 'version' | 'rows'>): SegmentRows {
  const events: Event[] = []
  const producers: string[] = []
  let why: string | undefined
  for (const row of rows) {
    const read = version === 1 ? lineOf(row) : recordOf(row)
    if (typeof read === 'string') {
      why ??= read
      continue
    }
    events.push(read.event)
    producers.push(read.producer)
  }
  return { events, producers, unreadable: rows.length - events.length, ...(why !== undefined && { why }) }
}

interface SpilledRow {
  readonly producer: string
  readonly event: Event
}

/** The row of a line, or why it is none. */
function lineOf(line: Buffer): SpilledRow | string {
  const [producer, event] = JSON.parse(line.toString('utf8')) as [producer: string, event: unknown]
  return isEvent(event) ? { producer, event } : explainEvent(event)
}

/** The row of a record, or why it is none. */
function recordOf(record: Buffer): SpilledRow | string {
  const end = NAME_AT + record.readUInt16LE(LENGTH_AT)
  const events = wire.decodeRecord(record.subarray(end))
  if (!events.ok) return events.error.detail
  return { producer: record.toString('utf8', NAME_AT, end), event: events.value[0] as Event }
}

function partsOf(all: readonly (Buffer | undefined)[], version: SegmentVersion) {
  const [header, ...rest] = all
  const rows = rest.filter((row) => row !== undefined)
  const torn = all.filter((part) => part === undefined)
  return { runId: header && runIdOf(header, version), rows, tornRows: torn.length }
}

function runIdOf(header: Buffer, version: SegmentVersion): string | undefined {
  if (header[0] === ROW) return undefined
  const parsed = JSON.parse(header.toString('utf8')) as { readonly version?: unknown; readonly runId?: string }
  return parsed.version === version ? parsed.runId : undefined
}
