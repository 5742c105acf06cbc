import { createHash } from 'node:crypto'
import { field, Labels, stateSchema, wire, WireWriter, writeLabel, type Event, type StateOf } from '@triplane/contracts'

/** Events per block of the chain. */
const BLOCK_EVENTS = 4096

/**
 * The saved state of a chain: the hash of the closed blocks; the open one, its events and their bytes (base64); the labels so
 * far, by number.
 */
export const outputHashSchema = stateSchema({
  chained: field.text,
  openEvents: field.count,
  openBytes: field.text,
  labels: field.list(field.text),
})
export type OutputHashState = StateOf<typeof outputHashSchema>

/**
 * The hash of a plane's output (architecture.md section 7): chained blocks, h' = SHA-256(h, the next 4096 events by emission
 * sequence, in the binary wire format); the last block may be short; h starts as 32 zero bytes. A label is hashed behind the
 * event that first uses it, and is its number from then on. Heartbeats do not count. The open block is kept as bytes in one
 * buffer, which is reused.
 */
export class OutputHash {
  #chained: Buffer
  #openEvents: number
  readonly #block = new WireWriter()
  readonly #labels: Labels

  constructor(state: OutputHashState = { chained: '00'.repeat(32), openEvents: 0, openBytes: '', labels: [] }) {
    this.#chained = Buffer.from(state.chained, 'hex')
    this.#openEvents = state.openEvents
    this.#block.append(Buffer.from(state.openBytes, 'base64'))
    this.#labels = new Labels(state.labels)
  }

  add(event: Event): void {
    if (event.type === 'heartbeat') return
    const { texts } = this.#labels
    const known = texts.length
    wire.encodeEvent(event, this.#block, this.#labels)
    for (let i = known; i < texts.length; i++) writeLabel(texts[i] as string, this.#block)
    if (++this.#openEvents < BLOCK_EVENTS) return
    this.#chained = this.#closed()
    this.#openEvents = 0
    this.#block.clear()
  }

  /** The hash so far, 64 hex digits. More events may be added afterwards. */
  digest(): string {
    return (this.#openEvents === 0 ? this.#chained : this.#closed()).toString('hex')
  }

  state(): OutputHashState {
    return {
      chained: this.#chained.toString('hex'),
      openEvents: this.#openEvents,
      openBytes: this.#block.copy().toString('base64'),
      labels: [...this.#labels.texts],
    }
  }

  #closed(): Buffer {
    return createHash('sha256').update(this.#chained).update(this.#block.written()).digest()
  }
}

/** The run's hash: SHA-256 over the hashes of its planes, in the order data, order, strategy. */
export function runHash(planes: { readonly data: string; readonly order: string; readonly strategy: string }): string {
  return createHash('sha256').update(`${planes.data}\n${planes.order}\n${planes.strategy}\n`).digest('hex')
}
