import type { Event } from '@triplane/contracts'
import type { Result } from '@triplane/kernel'
import { decodeRecord, type Bus, type BusRecord, type Refusal } from '@triplane/messaging'
import type { ServiceEdges } from '../lifecycle/service-part.ts'
import type { ServiceConfig } from '../service-config.ts'
import { connectKafka } from './connect-kafka.ts'

/** A bus with a check whether it can be reached. */
export interface ReachableBus<Payload> extends Bus<Payload> {
  /** Rejects when it cannot be reached. */
  ping(): Promise<void>
}

/** Where a service's records come from. */
export interface BusSource<Payload> {
  /**
   * Retries until it is connected; undefined when `stopping` aborts first. Calls `onFatal` when the bus is broken for
   * good.
   */
  readonly connect: (
    stopping: AbortSignal,
    onFatal: (fault: Error) => void,
  ) => Promise<ReachableBus<Payload> | undefined>
  readonly decode: (record: BusRecord<Payload>) => Result<readonly Event[], Refusal>
}

/** The Kafka cluster of the settings. */
export function kafkaSource(
  config: ServiceConfig['kafka'],
  clientId: string,
  { logger, clock }: ServiceEdges,
): BusSource<Buffer> {
  return {
    connect: (stopping, onFatal) => connectKafka({ config, clientId, logger, clock, onFatal }, stopping),
    decode: decodeRecord,
  }
}
