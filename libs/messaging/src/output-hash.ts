import { createHash } from 'node:crypto'
import { encodeLine, field, stateSchema, type Event, type StateOf } from '@triplane/contracts'

/** Events in a block of the chain. */
const BLOCK_EVENTS = 4096
const FIRST_CAPACITY_BYTES = 1 << 20
/** UTF-8 takes at most so many bytes for a UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3

/** Where a chain stands: the hash of the closed blocks, and the open one: its events and their lines. */
export const outputHashSchema = stateSchema({ chained: field.text, openEvents: field.count, openLines: field.text })
export type OutputHashState = StateOf<typeof outputHashSchema>

/**
 * The hash of what a plane put out (architecture.md section 7): chained blocks, h' = SHA-256(h, the next 4096 events by
 * emission sequence, one canonical line each, each ended by a line feed); the last block may be short; h starts as 32
 * zero bytes. Heartbeats do not count. The open block is kept as bytes in one buffer, which is reused.
 */
export class OutputHash {
  #chained: Buffer
  #openEvents: number
  #block = Buffer.allocUnsafe(FIRST_CAPACITY_BYTES)
  #length = 0

  constructor(state: OutputHashState = { chained: '00'.repeat(32), openEvents: 0, openLines: '' }) {
    this.#chained = Buffer.from(state.chained, 'hex')
    this.#openEvents = state.openEvents
    this.#append(state.openLines)
  }

  /** `line` is the event's canonical line. */
  add(event: Event, line = encodeLine(event)): void {
    if (event.type === 'heartbeat') return
    this.#append(`${line}\n`)
    if (++this.#openEvents < BLOCK_EVENTS) return
    this.#chained = this.#closed()
    this.#openEvents = 0
    this.#length = 0
  }

  /** The hash so far, 64 hex digits. More events may be added afterwards. */
  digest(): string {
    return (this.#openEvents === 0 ? this.#chained : this.#closed()).toString('hex')
  }

  state(): OutputHashState {
    return {
      chained: this.#chained.toString('hex'),
      openEvents: this.#openEvents,
      openLines: this.#block.toString('utf8', 0, this.#length),
    }
  }

  #append(text: string): void {
    const needed = this.#length + text.length * MAX_BYTES_PER_UNIT
    if (needed > this.#block.length) {
      const larger = Buffer.allocUnsafe(2 * needed)
      this.#block.copy(larger, 0, 0, this.#length)
      this.#block = larger
    }
    this.#length += this.#block.write(text, this.#length, 'utf8')
  }

  #closed(): Buffer {
    return createHash('sha256').update(this.#chained).update(this.#block.subarray(0, this.#length)).digest()
  }
}

/** The run's hash: SHA-256 over the hashes of its planes, in the order data, order, strategy. */
export function runHash(planes: { readonly data: string; readonly order: string; readonly strategy: string }): string {
  return createHash('sha256').update(`${planes.data}\n${planes.order}\n${planes.strategy}\n`).digest('hex')
}
