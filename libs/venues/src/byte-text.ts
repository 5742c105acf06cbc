const WORD = 4

/** ASCII text that is compared with bytes four at a time. */
export class ByteText {
  readonly length: number
  /** The text itself. */
  readonly bytes: Uint8Array
  /** The words at 0, 4, 8, ...; the last one ends with the text and may overlap the one before. */
  readonly #words: Int32Array

  /** `text` must be ASCII. */
  constructor(text: string) {
    this.length = text.length
    this.bytes = Uint8Array.from(text, (character) => character.charCodeAt(0))
    const view = new DataView(this.bytes.buffer)
    const count = text.length < WORD ? 0 : Math.ceil(text.length / WORD)
    this.#words = Int32Array.from({ length: count }, (_, word) =>
      view.getInt32(Math.min(WORD * word, text.length - WORD), true),
    )
  }

  /** True when this text is at `at`; the caller ensures that enough bytes are there. */
  isAt(view: DataView, at: number): boolean {
    if (this.length < WORD) {
      for (let i = 0; i < this.length; i++) if (view.getUint8(at + i) !== this.bytes[i]) return false
      return true
    }
    const words = this.#words
    const last = words.length - 1
    for (let i = 0; i < last; i++) if (view.getInt32(at + WORD * i, true) !== words[i]) return false
    return view.getInt32(at + this.length - WORD, true) === words[last]
  }
}
