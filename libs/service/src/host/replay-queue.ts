import type { BusRecord, Consumer } from '@triplane/messaging'
import { InputLogError } from '../log/log-segment.ts'
import type { ConsumedRange } from '../log/turn.ts'

/**
 * Delivers the records of logged ranges: in order within each partition, whatever the order of arrival between them.
 */
export class ReplayQueue<Payload> {
  readonly #consumer: Consumer<Payload>
  readonly #isStopping: () => boolean
  readonly #waiting = new Map<string, BusRecord<Payload>[]>()

  constructor(consumer: Consumer<Payload>, isStopping: () => boolean) {
    this.#consumer = consumer
    this.#isStopping = isStopping
  }

  /** Waits for the records of a range. Throws InputLogError when the bus no longer has them. */
  async take({ topic, partition, lastOffset, count }: ConsumedRange): Promise<readonly BusRecord<Payload>[]> {
    const place = `${topic}/${partition}`
    for (;;) {
      const records = this.#waiting.get(place) ?? []
      if (records.length >= count) {
        const taken = records.splice(0, count)
        if (taken.at(-1)?.offset === lastOffset) return taken
        throw new InputLogError(
          'broken',
          `Expected ${count} records up to offset ${lastOffset} in ${place}, was ${taken.at(-1)?.offset}: the bus no longer has what the input log names`,
        )
      }
      if (this.#isStopping()) return []
      await this.#consumer.arrived()
      for (const record of this.#consumer.take()) this.#add(record)
    }
  }

  /** The records that arrived and were not taken, in order within each partition. */
  rest(): BusRecord<Payload>[] {
    return [...this.#waiting.values()].flat()
  }

  #add(record: BusRecord<Payload>): void {
    const place = `${record.topic.name}/${record.partition}`
    const records = this.#waiting.get(place)
    if (records) records.push(record)
    else this.#waiting.set(place, [record])
  }
}
