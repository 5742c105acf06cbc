/** The content of a record's `traceparent` header (W3C Trace Context, level 1, section 3.2). */
export interface Traceparent {
  /** 32 hex digits, not all 0. */
  readonly traceId: string
  /** The span that sent the record: 16 hex digits, not all 0. */
  readonly spanId: string
  readonly isSampled: boolean
}

const SAMPLED = 0x01
/** Any version but ff, and after version 00's fields only what a later version may append. */
const PATTERN = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

export function formatTraceparent({ traceId, spanId, isSampled }: Traceparent): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`
}

/** Parses a header. Returns undefined for anything but a traceparent, as if it were absent. */
export function parseTraceparent(text: string | undefined): Traceparent | undefined {
  const match = text === undefined ? null : PATTERN.exec(text)
  if (!match) return undefined
  const [, version, traceId, spanId, flags, more] = match as unknown as readonly string[]
  if (version === '00' && more !== undefined) return undefined
  return {
    traceId: traceId as string,
    spanId: spanId as string,
    isSampled: (Number.parseInt(flags as string, 16) & SAMPLED) !== 0,
  }
}
