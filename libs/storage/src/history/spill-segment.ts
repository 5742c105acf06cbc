import type { Event } from '@triplane/contracts'
import { checkedLine, scanLines } from '../files/checked-lines.ts'

/**
 * The format of a spill segment: checked lines. The first one is a JSON object, `{"version":1,"runId":"..."}`; each of the
 * others is one row, `["producer",{...the event}]`.
 */

/** Rows of any types, in two columns, in the order of spilling. */
export interface SpilledRows {
  readonly events: readonly Event[]
  readonly producers: readonly string[]
}

/** The contents of a segment's bytes. */
export interface SegmentScan {
  /** The run of these rows; undefined when the first line is broken. */
  readonly runId: string | undefined
  /** The intact lines after the first, without checksums. */
  readonly rows: readonly Buffer[]
  /** Broken lines: a torn last one, or ones damaged later. */
  readonly tornLines: number
  /** End of the last intact line: the rest was torn. */
  readonly wholeBytes: number
}

export function segmentHeader(runId: string): string {
  return checkedLine(JSON.stringify({ version: 1, runId }))
}

export function segmentRow(producer: string, event: Event): string {
  return checkedLine(JSON.stringify([producer, event]))
}

/** Finds the intact lines of a segment, whatever happened to it. */
export function scanSegment(bytes: Buffer): SegmentScan {
  const { lines, wholeBytes } = scanLines(bytes)
  const [header, ...rest] = lines
  const rows = rest.filter((line) => line !== undefined)
  const torn = lines.length - rows.length - (header === undefined ? 0 : 1)
  return { runId: header && runIdOf(header), rows, tornLines: torn, wholeBytes }
}

/** Parses the rows that `scanSegment` found intact. */
export function parseRows(lines: readonly Buffer[]): SpilledRows {
  const parsed = lines.map((line) => JSON.parse(line.toString('utf8')) as [producer: string, event: Event])
  return { events: parsed.map(([, event]) => event), producers: parsed.map(([producer]) => producer) }
}

function runIdOf(header: Buffer): string | undefined {
  const { version, runId } = JSON.parse(header.toString('utf8')) as {
    readonly version?: unknown
    readonly runId?: string
  }
  return version === 1 ? runId : undefined
}
