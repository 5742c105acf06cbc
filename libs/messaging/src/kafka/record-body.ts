import { encodeLine, wire, type Event, type Topic } from '@triplane/contracts'

/** The events of a waiting record, already encoded: the events themselves can be freed, and the size is known. */
export interface RecordBody {
  readonly bytes: number
  /** Adds events. Returns false, and leaves the body unchanged, when it would exceed `mostBytes`. */
  add(events: readonly Event[], mostBytes: number): boolean
  /** Returns the value of the record; nothing can be added afterwards. */
  finish(): Buffer
}

/** An empty body for a record of a topic: binary, or JSON when people read it. */
export function openBody({ isJson, batched }: Topic): RecordBody {
  return isJson ? new JsonBody(batched) : wire.openRecord()
}

/** JSON: an array, or one event alone. */
class JsonBody implements RecordBody {
  readonly #batched: boolean
  readonly #lines: string[] = []
  #bytes = 2

  constructor(batched: boolean) {
    this.#batched = batched
  }

  get bytes(): number {
    return this.#bytes
  }

  add(events: readonly Event[], mostBytes: number): boolean {
    const lines = events.map(encodeLine)
    // One byte each for a comma or a bracket.
    const more = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
    if (this.#bytes + more > mostBytes) return false
    this.#lines.push(...lines)
    this.#bytes += more
    return true
  }

  finish(): Buffer {
    const text = this.#lines.join(',')
    return Buffer.from(this.#batched || this.#lines.length > 1 ? `[${text}]` : text)
  }
}
