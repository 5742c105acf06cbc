import { crc32 } from 'node:zlib'

/** 'TPR' and the version of the framing. */
const MAGIC = Buffer.from('TPR\x01', 'latin1')
/** Offsets of the head's fields: CRC-32 of all that follows it, then the length in bytes; 4 bytes each, little-endian. */
const CHECK_AT = 4
const LENGTH_AT = 8
const HEAD_BYTES = 12

/** Bytes preceded by a magic word, their checksum and their length, so that a broken record spoils no other. */
export function checkedRecord(bytes: Uint8Array): Buffer {
  const record = Buffer.allocUnsafe(HEAD_BYTES + bytes.length)
  record.set(MAGIC)
  record.writeUInt32LE(bytes.length, LENGTH_AT)
  record.set(bytes, HEAD_BYTES)
  record.writeUInt32LE(crc32(record.subarray(LENGTH_AT)), CHECK_AT)
  return record
}

/**
 * The contents of the records in a file, and undefined for each stretch that is broken, which ends where a whole record
 * begins: the last one is undefined when it was torn.
 */
export function scanRecords(bytes: Buffer): readonly (Buffer | undefined)[] {
  const contents: (Buffer | undefined)[] = []
  for (let at = 0; at < bytes.length;) {
    const content = contentAt(bytes, at)
    contents.push(content)
    at = content === undefined ? nextRecord(bytes, at + 1) : at + HEAD_BYTES + content.length
  }
  return contents
}

/** The content of the record at `at`; undefined when it is not whole. */
function contentAt(bytes: Buffer, at: number): Buffer | undefined {
  if (at + HEAD_BYTES > bytes.length || bytes.compare(MAGIC, 0, MAGIC.length, at, at + MAGIC.length) !== 0)
    return undefined
  const end = at + HEAD_BYTES + bytes.readUInt32LE(at + LENGTH_AT)
  if (end > bytes.length || crc32(bytes.subarray(at + LENGTH_AT, end)) !== bytes.readUInt32LE(at + CHECK_AT))
    return undefined
  return bytes.subarray(at + HEAD_BYTES, end)
}

/** Where the next whole record begins; the end of the file when none does. */
function nextRecord(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(MAGIC, from)
  while (at !== -1 && contentAt(bytes, at) === undefined) at = bytes.indexOf(MAGIC, at + 1)
  return at === -1 ? bytes.length : at
}
