const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20

/**
 * The bytes of a message in the form of a capture, on one line: line breaks, which JSON has between tokens only, become spaces,
 * and an empty message becomes a space. This makes live and replayed frames equal.
 */
export function asOneLine(bytes: Buffer): Buffer {
  if (bytes.length === 0) return Buffer.from(' ')
  if (bytes.indexOf(NEWLINE) < 0 && bytes.indexOf(CARRIAGE_RETURN) < 0) return bytes
  return Buffer.from(bytes.map((byte) => (byte === NEWLINE || byte === CARRIAGE_RETURN ? SPACE : byte)))
}
