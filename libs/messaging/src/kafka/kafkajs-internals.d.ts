/** The internals of kafkajs 2.2.4 that the files which patch it use; it has no types for them. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  export interface QueuedRequest {
    readonly entry: object
    readonly expectResponse: boolean
    readonly requestTimeout: number | null
    readonly sendRequest: () => void
  }

  export default class RequestQueue {
    readonly pending: readonly unknown[]
    readonly throttledUntil: number
    scheduleCheckPendingRequests?: (this: RequestQueue) => void
    push(request: QueuedRequest): void
    maybeThrottle(ms: number | undefined): void
  }
}

declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net'
  import type RequestQueue from 'kafkajs/src/network/requestQueue/index.js'

  /** A request and how its answer is read. */
  export interface Exchange {
    readonly request: {
      readonly apiKey: number
      readonly apiVersion: number
      readonly apiName: string
      encode(): Promise<{ readonly buffer: Buffer }>
    }
    readonly response: {
      decode(payload: Buffer): Promise<{ readonly clientSideThrottleTime?: number }>
      /** Throws what the broker refused. */
      parse(decoded: object): Promise<unknown>
    }
  }

  export interface Answer {
    readonly payload: Buffer
  }

  export default class Connection {
    readonly clientId: string
    readonly requestQueue: RequestQueue
    readonly socket?: Socket
    readonly sasl: object | null
    /** The bytes of the next answers so far, and how many must be there before they are parsed. */
    chunks: Buffer[]
    bytesBuffered: number
    bytesNeeded: number
    connect: (this: Connection) => Promise<unknown>
    disconnect: (this: Connection) => Promise<unknown>
    send: (this: Connection, exchange: Exchange) => Promise<unknown>
    isConnected(): boolean
    isAuthenticated(): boolean
    authenticate(): Promise<void>
    failIfNotConnected(): void
    nextCorrelationId(): number
    rejectRequests(error: Error): void
  }
}

declare module 'kafkajs/src/broker/index.js' {
  import type Connection from 'kafkajs/src/network/connection.js'

  export default class Broker {
    readonly brokerAddress: string
    /** What it speaks, by the key of a request. */
    readonly versions: Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>>
    readonly connectionPool: {
      readonly pool: readonly [Connection, Connection]
      /** Connects it first if need be. */
      getConnection(index: number): Promise<Connection>
    }
    listOffsets: (
      this: Broker,
      request: { readonly isolationLevel?: number; readonly topics: unknown },
    ) => Promise<unknown>
    disconnect(): Promise<void>
  }
}

declare module 'kafkajs/src/consumer/runner.js' {
  import type Broker from 'kafkajs/src/broker/index.js'

  interface Cluster {
    readonly brokerPool: { readonly metadata: object | null; readonly metadataExpireAt: number | null }
    refreshMetadataIfNecessary(): Promise<void>
    /** Partitions by the id of the node that leads them; throws when one has no leader. */
    findLeaderForPartitions(topic: string, partitions: readonly number[]): Readonly<Record<string, readonly number[]>>
    findBroker(of: { readonly nodeId: string }): Promise<Broker>
  }

  interface ConsumerGroup {
    readonly cluster: Cluster
    readonly maxWaitTime: number
    readonly minBytes: number
    readonly maxBytes: number
    readonly maxBytesPerPartition: number
    readonly isolationLevel: number
    /** Time of the last heartbeat, milliseconds. */
    readonly lastRequest: number
    readonly offsetManager: {
      /** Asks for the committed offsets, or where to begin without one, as far as they are not known. */
      resolveOffsets(): Promise<void>
      nextOffset(topic: string, partition: number): { toString(): string }
    }
    /** Throws when the topics have other partitions than at the last join. */
    checkForStaleAssignment(): void
    /** Does what a failed read needs, or throws it again. */
    recoverFromFetch(error: unknown): Promise<void>
  }

  export default class Runner {
    readonly consumerGroup: ConsumerGroup
    readonly eachBatch: object
    readonly heartbeatInterval: number
    fetchManager: { start(): Promise<void>; stop(): Promise<void> }
    start: (this: Runner) => Promise<void>
    /** Sends one when it is due. */
    heartbeat(): Promise<void>
  }
}

declare module 'kafkajs/src/protocol/error.js' {
  /** The error that a code of the protocol means. */
  export function createErrorFromCode(code: number): Error
}

declare module 'kafkajs/src/protocol/requests/produce/index.js' {
  import type { Message } from 'kafkajs'
  import type { Exchange } from 'kafkajs/src/network/connection.js'

  interface Produced {
    readonly acks: number
    readonly timeout: number
    readonly compression?: number
    readonly transactionalId?: string | null | undefined
    readonly producerId?: { toString(): string } | undefined
    readonly producerEpoch?: number | undefined
    readonly topicData: readonly {
      readonly topic: string
      readonly partitions: readonly {
        readonly partition: number
        readonly firstSequence?: number
        readonly messages: readonly Message[]
      }[]
    }[]
  }

  const produce: { protocol: (of: { readonly version: number }) => (request: Produced) => Exchange }
  export default produce
}

declare module 'kafkajs/src/protocol/request.js' {
  import type { Exchange } from 'kafkajs/src/network/connection.js'

  /** The bytes of a request as they go to the broker. */
  export default function createRequest(of: {
    readonly correlationId: number
    readonly clientId: string
    readonly request: Exchange['request']
  }): Promise<{ readonly buffer: Buffer }>
}
