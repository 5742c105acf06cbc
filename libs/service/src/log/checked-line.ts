import { crc32 } from 'node:zlib'

const CHECK_DIGITS = 8

/** A line with its own checksum before it: eight hex digits of CRC-32, a space, the text, a line feed. */
export function checkedLine(text: string): string {
  return `${checksum(text)} ${text}\n`
}

/** The text of a line without its line feed; undefined when it is not whole. */
export function readCheckedLine(line: string): string | undefined {
  const text = line.slice(CHECK_DIGITS + 1)
  return line[CHECK_DIGITS] === ' ' && line.slice(0, CHECK_DIGITS) === checksum(text) ? text : undefined
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(CHECK_DIGITS, '0')
}
