import type { BusRecord } from '../bus.ts'
import type { AssignedPartition } from './assigned-partition.ts'

/** Records between two checks whether to free the front of the inbox. */
const COMPACT_AT = 1024

/** Records that arrived and are not taken yet, in arrival order, with the partition of each. Slots are reused. */
export class Inbox {
  readonly #maxRecords: number
  readonly #maxBytes: number
  #records: (BusRecord<Buffer> | undefined)[] = []
  #partitions: AssignedPartition[] = []
  #head = 0
  #end = 0
  #bytes = 0

  constructor(maxRecords: number, maxBytes: number) {
    this.#maxRecords = maxRecords
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#end - this.#head
  }

  /** Whether one more record fits. */
  get hasRoom(): boolean {
    return this.size < this.#maxRecords && this.#bytes < this.#maxBytes
  }

  push(record: BusRecord<Buffer>, partition: AssignedPartition): void {
    const at = this.#end++
    this.#records[at] = record
    this.#partitions[at] = partition
    this.#bytes += record.events.length
  }

  /** Takes the oldest record, which must exist; its partition's position moves behind it. */
  shift(): BusRecord<Buffer> {
    const at = this.#head++
    const record = this.#records[at] as BusRecord<Buffer>
    const partition = this.#partitions[at] as AssignedPartition
    this.#records[at] = undefined
    this.#bytes -= record.events.length
    partition.position = record.offset + 1
    partition.tally.consumed++
    if (this.#head === this.#end) this.#head = this.#end = 0
    else if (this.#head >= COMPACT_AT && this.#head * 2 > this.#end) this.#keep(() => true)
    return record
  }

  /** Forgets the waiting records of partitions for which `isLost`. */
  drop(isLost: (partition: AssignedPartition) => boolean): void {
    this.#keep((partition) => !isLost(partition))
  }

  clear(): void {
    this.#keep(() => false)
  }

  /** Calls `see` with each waiting record. */
  forEach(see: (record: BusRecord<Buffer>) => void): void {
    for (let at = this.#head; at < this.#end; at++) see(this.#records[at] as BusRecord<Buffer>)
  }

  #keep(isKept: (partition: AssignedPartition) => boolean): void {
    const records: BusRecord<Buffer>[] = []
    const partitions: AssignedPartition[] = []
    let bytes = 0
    for (let at = this.#head; at < this.#end; at++) {
      const record = this.#records[at] as BusRecord<Buffer>
      const partition = this.#partitions[at] as AssignedPartition
      if (!isKept(partition)) continue
      records.push(record)
      partitions.push(partition)
      bytes += record.events.length
    }
    this.#records = records
    this.#partitions = partitions
    this.#head = 0
    this.#end = records.length
    this.#bytes = bytes
  }
}
