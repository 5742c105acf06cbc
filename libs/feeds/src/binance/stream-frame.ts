const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const BANG = 0x21
const E = 0x65
const STREAM_NAME = '{"stream":"'.length
const FIRST_KEY = '{"'.length

/**
 * The bytes of a message as a capture can hold them, on one line: line breaks, which JSON has between tokens only, become
 * spaces, and nothing becomes a space. Live and replayed frames are so the same.
 */
export function asOneLine(bytes: Buffer): Buffer {
  if (bytes.length === 0) return Buffer.from(' ')
  if (bytes.indexOf(NEWLINE) < 0 && bytes.indexOf(CARRIAGE_RETURN) < 0) return bytes
  return Buffer.from(bytes.map((byte) => (byte === NEWLINE || byte === CARRIAGE_RETURN ? SPACE : byte)))
}

/**
 * True for the message that a spot server sends before it shuts down, bare or wrapped in a stream. It is about the
 * connection, not about the market.
 */
export function isServerShutdown(bytes: Buffer): boolean {
  if (bytes[STREAM_NAME] !== BANG && bytes[FIRST_KEY] !== E) return false
  const head = bytes.toString('latin1', 0, 80)
  return /^\{(?:"stream":"!serverShutdown","data":\{)?"e":"serverShutdown"/.test(head)
}

/** The symbol, in lower case, of a message of a depth stream; undefined for others. */
export function depthSymbolOf(bytes: Buffer): string | undefined {
  return /^\{"stream":"([^"@]+)@depth@/.exec(bytes.toString('latin1', 0, 60))?.[1]
}
