import { WORD } from './wire-layout.ts'
import { Labels, WireWriter } from './wire-writer.ts'

/** 'TPW' and the version of the format; no JSON begins with these bytes. */
export const WIRE_MAGIC = 0x01_57_50_54
export const HEAD_BYTES = 24

/** Appends an event to a writer. */
type EncodeEvent<Event> = (event: Event, writer: WireWriter, labels: Labels) => void

/** A record of the binary wire under construction: events, then, when it is finished, their labels and the head. */
export class WireRecord<Event> {
  readonly #encode: EncodeEvent<Event>
  readonly #digest: string
  readonly #writer = new WireWriter()
  readonly #labels = new Labels()
  #events = 0
  #labelBytes = 0

  /** `digest` is that of the layouts, 16 hex digits. */
  constructor(encode: EncodeEvent<Event>, digest: string) {
    this.#encode = encode
    this.#digest = digest
    this.#writer.reserve(HEAD_BYTES)
    this.#writer.length = HEAD_BYTES
  }

  /** Bytes of the record so far, with labels at their largest possible size. */
  get bytes(): number {
    return this.#writer.length + this.#labelBytes
  }

  /** Adds events. Returns false, and leaves the record unchanged, when it would exceed `mostBytes`. */
  add(events: readonly Event[], mostBytes = Infinity): boolean {
    const { length } = this.#writer
    const known = this.#labels.texts.length
    const labelBytes = this.#labelBytes
    for (let i = 0; i < events.length; i++) this.#encode(events[i] as Event, this.#writer, this.#labels)
    for (let i = known; i < this.#labels.texts.length; i++)
      this.#labelBytes += mostBytesOfLabel(this.#labels.texts[i] as string)
    if (this.bytes > mostBytes) {
      this.#writer.length = length
      this.#labels.forget(known)
      this.#labelBytes = labelBytes
      return false
    }
    this.#events += events.length
    return true
  }

  /** Finishes and returns the record; nothing can be added afterwards. */
  finish(): Buffer {
    const writer = this.#writer
    const words = (writer.length - HEAD_BYTES) / WORD
    for (const label of this.#labels.texts) writeLabel(label, writer)
    writer.view.setUint32(0, WIRE_MAGIC, true)
    writer.view.setUint32(4, this.#events, true)
    writer.bytes.write(this.#digest, 8, 'hex')
    writer.view.setUint32(16, words, true)
    writer.view.setUint32(20, this.#labels.texts.length, true)
    return writer.written()
  }
}

/** Whether bytes begin like a record of the binary wire. */
export function isWire(bytes: Uint8Array): boolean {
  return bytes[0] === (WIRE_MAGIC & 0xff)
}

/** Writes a label: its length in bytes, 4 bytes, and its UTF-8, padded to whole words. */
export function writeLabel(label: string, writer: WireWriter): void {
  writer.reserve(WORD)
  const at = writer.length
  writer.length += 4
  const length = writer.text(label)
  writer.view.setUint32(at, length, true)
}

function mostBytesOfLabel(label: string): number {
  return 3 * label.length + 2 * WORD
}
