import type { Event, Topic } from '@triplane/contracts'
import type { Result } from '@triplane/kernel'
import { readToEnd, type Bus, type BusRecord, type Position, type Refusal } from '@triplane/messaging'

const GROUP = 'cli-topic'

/** A record as stored on its topic, with its content, or why it cannot be read. */
export interface ReadRecord {
  readonly partition: number
  readonly offset: number
  readonly runId: string
  readonly producer: string
  /** When it was sent, microseconds of the sender's clock. */
  readonly tsSentUs: number
  readonly bytes: Buffer
  readonly events: Result<readonly Event[], Refusal>
}

/** What the command line reads of any topic. */
export interface TopicReader {
  /**
   * Calls `see` with every record on the topic, or from these positions on, in the order of each partition; skips watermarks.
   */
  read(topic: Topic, see: (record: ReadRecord) => void, from?: readonly Position[]): Promise<void>
  close(): Promise<void>
}

/**
 * A reader of the topics on a bus; `decode` turns their records into events, `bytesOf` gives the stored bytes. Closing it
 * closes the bus.
 */
export function createTopicReader<Payload>(
  bus: Bus<Payload>,
  decode: (record: BusRecord<Payload>) => Result<readonly Event[], Refusal>,
  bytesOf: (record: BusRecord<Payload>) => Buffer,
): TopicReader {
  return {
    read: (topic, see, from = []) =>
      readToEnd(bus, { group: GROUP, topics: [topic], from }, (record) => {
        if (record.watermark !== undefined) return
        const { partition, offset, runId, producer, tsSentUs } = record
        see({ partition, offset, runId, producer, tsSentUs, bytes: bytesOf(record), events: decode(record) })
      }),
    close: () => bus.close(),
  }
}
