import { crc32 } from 'node:zlib'

const LINE_FEED = 10
const CHECK_DIGITS = 8

/**
 * A line preceded by its own checksum: eight hex digits of CRC-32, a space, the text, a line feed. The text is JSON, which
 * contains no line feed: a broken line spoils no other.
 */
export function checkedLine(text: string): string {
  return `${checksum(text)} ${text}\n`
}

/** The texts of the lines, undefined for broken ones, and the end of the last intact one: the rest was torn. */
export function scanLines(bytes: Buffer): {
  readonly lines: readonly (Buffer | undefined)[]
  readonly wholeBytes: number
} {
  const lines: (Buffer | undefined)[] = []
  let wholeBytes = 0
  for (let start = 0; start < bytes.length;) {
    const lineFeed = bytes.indexOf(LINE_FEED, start)
    const text = lineFeed === -1 ? undefined : textOf(bytes.subarray(start, lineFeed))
    lines.push(text)
    start = lineFeed === -1 ? bytes.length : lineFeed + 1
    if (text !== undefined) wholeBytes = start
  }
  return { lines, wholeBytes }
}

function textOf(line: Buffer): Buffer | undefined {
  if (line.length <= CHECK_DIGITS) return undefined
  const text = line.subarray(CHECK_DIGITS + 1)
  return line.toString('latin1', 0, CHECK_DIGITS + 1) === `${checksum(text)} ` ? text : undefined
}

function checksum(text: string | Buffer): string {
  return crc32(text).toString(16).padStart(CHECK_DIGITS, '0')
}
