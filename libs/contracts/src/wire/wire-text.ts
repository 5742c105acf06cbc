/**
 * Texts as UTF-8, for any JavaScript string: a lone surrogate, which JSON has as an escape, is written as three bytes, as in
 * WTF-8. Reading refuses any other invalid UTF-8.
 */

/** The most bytes that a text can take. */
export const mostBytesOf = (text: string) => 3 * text.length

/** Writes a text at `at`, where there must be room for `mostBytesOf`. Returns the position behind it. */
export function writeText(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x80) return writeWide(bytes, at, text, i)
    bytes[at++] = unit
  }
  return at
}

/** The text of the bytes from `start` to `end`; undefined when they are not valid. */
export function readText(bytes: Buffer, start: number, end: number): string | undefined {
  for (let at = start; at < end; at++) if ((bytes[at] as number) >= 0x80) return readWide(bytes, start, end)
  return bytes.toString('latin1', start, end)
}

function writeWide(bytes: Uint8Array, at: number, text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const point = text.codePointAt(i) as number
    if (point < 0x80) {
      bytes[at++] = point
    } else if (point < 0x800) {
      bytes[at++] = 0xc0 | (point >> 6)
      bytes[at++] = 0x80 | (point & 0x3f)
    } else if (point < 0x10000) {
      bytes[at++] = 0xe0 | (point >> 12)
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f)
      bytes[at++] = 0x80 | (point & 0x3f)
    } else {
      bytes[at++] = 0xf0 | (point >> 18)
      bytes[at++] = 0x80 | ((point >> 12) & 0x3f)
      bytes[at++] = 0x80 | ((point >> 6) & 0x3f)
      bytes[at++] = 0x80 | (point & 0x3f)
      i++
    }
  }
  return at
}

/** Smallest code point by number of continuation bytes: a longer encoding than necessary is invalid UTF-8. */
const least = [0, 0x80, 0x800, 0x10000]

function readWide(bytes: Uint8Array, start: number, end: number): string | undefined {
  const points: number[] = []
  const parts: string[] = []
  for (let at = start; at < end;) {
    const lead = bytes[at++] as number
    const more = lead < 0x80 ? 0 : lead < 0xc0 ? -1 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf8 ? 3 : -1
    if (more < 0 || at + more > end) return undefined
    let point = more === 0 ? lead : lead & (0x3f >> more)
    for (let i = 0; i < more; i++) {
      const next = bytes[at++] as number
      if ((next & 0xc0) !== 0x80) return undefined
      point = (point << 6) | (next & 0x3f)
    }
    if (point < (least[more] as number) || point > 0x10ffff) return undefined
    points.push(point)
    if (points.length < 1024) continue
    parts.push(String.fromCodePoint(...points.splice(0)))
  }
  return parts.join('') + String.fromCodePoint(...points)
}
