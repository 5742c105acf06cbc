/** What `request-queue.ts` and `fresh-connection.ts` need of the insides of kafkajs 2.2.4, which has no types for them. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    readonly pending: readonly unknown[]
    readonly throttledUntil: number
    scheduleCheckPendingRequests?: (this: RequestQueue) => void
  }
}

declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net'

  export default class Connection {
    readonly socket?: Socket
    /** What has arrived of the next answers, and how much of it must be there before anything is made of it. */
    chunks: Buffer[]
    bytesBuffered: number
    bytesNeeded: number
    connect: (this: Connection) => Promise<unknown>
    disconnect: (this: Connection) => Promise<unknown>
    isConnected(): boolean
    rejectRequests(error: Error): void
  }
}
