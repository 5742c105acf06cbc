import type { Event } from '@triplane/contracts'
import { crc32 } from 'node:zlib'

/**
 * The format of a segment of the spill: lines, each ended by a line feed and with its own checksum before it, eight hex
 * digits of CRC-32 and a space. The first one is a JSON object, `{"version":1,"runId":"..."}`; each of the others is one row,
 * `["producer",{...the event}]`. JSON has no line feed inside, so a line that is not whole spoils no other.
 */

const LINE_FEED = 10
const CHECK_DIGITS = 8

/** Rows of any types, in two columns, in the order in which they were spilled. */
export interface SpilledRows {
  readonly events: readonly Event[]
  readonly producers: readonly string[]
}

/** What lies in the bytes of a segment. */
export interface SegmentScan {
  /** Whose rows these are; undefined when the first line is not whole. */
  readonly runId: string | undefined
  /** The whole lines but the first, without checksums. */
  readonly rows: readonly Buffer[]
  /** Lines that are not whole: a last one that was torn off, or ones that were damaged later. */
  readonly tornLines: number
  /** End of the last whole line: what is behind it was torn. */
  readonly wholeBytes: number
}

export function segmentHeader(runId: string): string {
  return checkedLine(JSON.stringify({ version: 1, runId }))
}

export function segmentRow(producer: string, event: Event): string {
  return checkedLine(JSON.stringify([producer, event]))
}

/** Finds the whole lines of a segment, whatever happened to it. */
export function scanSegment(bytes: Buffer): SegmentScan {
  const rows: Buffer[] = []
  let header: Buffer | undefined
  let tornLines = 0
  let wholeBytes = 0
  for (let start = 0; start < bytes.length;) {
    const lineFeed = bytes.indexOf(LINE_FEED, start)
    const end = lineFeed === -1 ? bytes.length : lineFeed
    const text = lineFeed === -1 ? undefined : textOf(bytes.subarray(start, end))
    if (text === undefined) tornLines++
    else {
      if (start === 0) header = text
      else rows.push(text)
      wholeBytes = end + 1
    }
    start = end + 1
  }
  return { runId: header && runIdOf(header), rows, tornLines, wholeBytes }
}

/** The rows that `scanSegment` found whole. */
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

function checkedLine(text: string): string {
  return `${checksum(text)} ${text}\n`
}

function textOf(line: Buffer): Buffer | undefined {
  if (line.length <= CHECK_DIGITS) return undefined
  const text = line.subarray(CHECK_DIGITS + 1)
  return line.toString('latin1', 0, CHECK_DIGITS + 1) === `${checksum(text)} ` ? text : undefined
}

function checksum(text: string | Buffer): string {
  return crc32(text).toString(16).padStart(CHECK_DIGITS, '0')
}
