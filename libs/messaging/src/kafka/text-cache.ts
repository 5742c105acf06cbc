const SLOTS = 256
/** Longer texts are not kept. */
const MOST_BYTES = 64

interface KeptText {
  readonly bytes: Buffer
  readonly text: string
}

/** Texts of bytes in UTF-8. Those that came before, runs, producers and keys, are recognised by their bytes instead of decoded. */
export class TextCache {
  readonly #kept: (KeptText | undefined)[] = new Array<KeptText | undefined>(SLOTS).fill(undefined)

  /** The text of the bytes from `from` to before `to`. */
  text(bytes: Buffer, from: number, to: number): string {
    const length = to - from
    if (length > MOST_BYTES || length === 0) return bytes.toString('utf8', from, to)
    let hash = length
    for (let at = from; at < to; at++) hash = (hash * 31 + (bytes[at] as number)) | 0
    const slot = hash & (SLOTS - 1)
    const kept = this.#kept[slot]
    if (kept !== undefined && isSame(kept.bytes, bytes, from, length)) return kept.text
    const text = bytes.toString('utf8', from, to)
    this.#kept[slot] = { bytes: Buffer.from(bytes.subarray(from, to)), text }
    return text
  }
}

/** Whether `bytes` from `from` on are those of `expected`, `length` of them. */
export function isSame(expected: Buffer, bytes: Buffer, from: number, length: number): boolean {
  if (expected.length !== length) return false
  for (let i = 0; i < length; i++) if (expected[i] !== bytes[from + i]) return false
  return true
}
