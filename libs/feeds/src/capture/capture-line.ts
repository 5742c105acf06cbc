/**
 * One line of a capture. Three formats, which may be mixed:
 *
 *     <19 digits: nanoseconds> <payload>
 *     <16 digits: microseconds> <payload>
 *     <10 digits: seconds>[.fraction]: <payload>
 *
 * and the control lines that cryptofeed writes, whose time is in seconds:
 *
 *     URL <-> <time>              a connection is up
 *     URL <- <time>: <payload>    what was sent to the venue
 *     URL -> <time>: <payload>    what a REST request returned
 *
 * and three more that our own recorder writes:
 *
 *     URL <x> <time>: <payload>   a connection is down; the payload is the reason
 *     URL <@> <time>: <payload>   a recording begins; the payload says of which feed (recorded-feed.ts)
 *     URL <.> <time>: end         it ends: nothing came after what is before, up to this time
 *
 * The numbers of digits hold from 2001 to 2286, and tell a time from any other number.
 */
export interface CaptureLine {
  kind: 'payload' | 'connected' | 'disconnected' | 'recorded' | 'ended' | 'sent' | 'rest' | 'bad'
  /** Receive time, microseconds: nanoseconds are truncated, fractions of seconds rounded to the nearest. */
  tsRecvUs: number
  /** The start of the payload, which extends to the end of the line. */
  payloadStart: number
  /** Set for control lines, else ''. */
  url: string
}

const SPACE = 0x20
const DOT = 0x2e
const DIGIT_0 = 0x30
const COLON = 0x3a
const POWERS_OF_TEN = [1, 10, 100, 1_000, 10_000, 100_000]
const MAX_CONTROL_BYTES = 64 * 1024
const KIND_OF_ARROW = {
  '<->': 'connected',
  '<x>': 'disconnected',
  '<@>': 'recorded',
  '<.>': 'ended',
  '<-': 'sent',
  '->': 'rest',
} as const
const CONTROL = /^((?:wss?|https?):\/\/\S+) (<->|<-|->|<x>|<@>|<\.>) (\d{10}(?:\.\d+)?)(?:: |$)/

/** A line to read into. */
export function emptyCaptureLine(): CaptureLine {
  return { kind: 'bad', tsRecvUs: 0, payloadStart: 0, url: '' }
}

/** Reads the line from `start` to `end` into `line`, which is reused from call to call. Does not set the time of a bad line. */
export function readCaptureLine(bytes: Buffer, start: number, end: number, line: CaptureLine): void {
  line.url = ''
  const first = bytes[start] as number
  if (first >= DIGIT_0 && first < DIGIT_0 + 10) {
    const afterSeconds = bytes[start + 10]
    const isSeconds = afterSeconds === DOT || afterSeconds === COLON
    line.kind = (isSeconds ? readSeconds : readWholeNumber)(bytes, start, end, line) ? 'payload' : 'bad'
  } else {
    readControlLine(bytes, start, end, line)
  }
}

/** Nanoseconds or microseconds, by the number of digits. */
function readWholeNumber(bytes: Buffer, start: number, end: number, line: CaptureLine): boolean {
  const digits = bytes[start + 19] === SPACE ? 19 : bytes[start + 16] === SPACE ? 16 : 0
  if (digits === 0 || start + digits + 1 >= end) return false
  const high = readDigits(bytes, start, start + 8)
  const low = readDigits(bytes, start + 8, start + 16)
  const cutOff = readDigits(bytes, start + 16, start + digits)
  if (high < 0 || low < 0 || cutOff < 0) return false
  line.tsRecvUs = high * 100_000_000 + low
  line.payloadStart = start + digits + 1
  return true
}

function readSeconds(bytes: Buffer, start: number, end: number, line: CaptureLine): boolean {
  const colon = bytes.indexOf(COLON, start + 10)
  if (colon < 0 || colon + 2 >= end || bytes[colon + 1] !== SPACE) return false
  const timeUs = secondsToUs(bytes, start, colon)
  if (timeUs < 0) return false
  line.tsRecvUs = timeUs
  line.payloadStart = colon + 2
  return true
}

/** Microseconds of `<10 digits>[.digits]`, rounded half up on the digits themselves; negative for any other text. */
function secondsToUs(bytes: Uint8Array, start: number, end: number): number {
  const seconds = end - start < 10 ? -1 : readDigits(bytes, start, start + 10)
  if (seconds < 0) return -1
  if (end === start + 10) return seconds * 1_000_000
  const fraction = start + 11
  if (bytes[start + 10] !== DOT || fraction === end) return -1
  for (let at = fraction; at < end; at++) if (readDigits(bytes, at, at + 1) < 0) return -1
  const digits = Math.min(6, end - fraction)
  const fractionUs = readDigits(bytes, fraction, fraction + digits) * (POWERS_OF_TEN[6 - digits] as number)
  const roundUp = end - fraction > 6 && (bytes[fraction + 6] as number) >= DIGIT_0 + 5
  return seconds * 1_000_000 + fractionUs + (roundUp ? 1 : 0)
}

function readControlLine(bytes: Buffer, start: number, end: number, line: CaptureLine): void {
  line.kind = 'bad'
  if (bytes[start] !== 0x77 && bytes[start] !== 0x68) return // w of wss, h of https
  const text = bytes.toString('latin1', start, Math.min(end, start + MAX_CONTROL_BYTES))
  const match = CONTROL.exec(text)
  if (!match) return
  const [head, url = '', arrow, time = ''] = match
  const hasPayload = start + head.length < end
  if (hasPayload === (arrow === '<->') || !URL.canParse(url)) return
  line.kind = KIND_OF_ARROW[arrow as keyof typeof KIND_OF_ARROW]
  line.url = url
  line.tsRecvUs = secondsToUs(Buffer.from(time, 'latin1'), 0, time.length)
  line.payloadStart = start + head.length
}

/** The integer in at most 10 digits; negative when one is not a digit. Without a branch per digit: it runs on every line. */
function readDigits(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  let sign = 0
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] as number) - DIGIT_0
    sign |= digit | (9 - digit)
    value = value * 10 + digit
  }
  return sign < 0 ? -1 : value
}
