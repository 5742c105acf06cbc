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
