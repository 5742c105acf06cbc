import type { Bus } from '../bus.ts'
import type { KafkaBusOptions } from './kafka-options.ts'

/** A bus on Kafka. Its records hold raw bytes, which `decodeRecord` makes events of. */
export interface KafkaBus extends Bus<Buffer> {
  /** Resolves when a broker has answered a request for metadata; else rejects with `unreachable`. For health. */
  ping(): Promise<void>
  /** Connections that were given up because an answer did not come, since the start. */
  readonly reconnects: number
}

/**
 * Connects, makes the topics of `contracts` that are missing, and reads their partitions. Rejects with `unreachable` when
 * no broker answers in time, and with `wrong_topic_settings`.
 */
export async function createKafkaBus(options: KafkaBusOptions): Promise<KafkaBus> {
  throw new Error(`Expected an implementation, was none for ${options.clientId}`)
}
