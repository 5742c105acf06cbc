/** The internals of kafkajs 2.2.4 that `request-queue.ts` and `fresh-connection.ts` use; it has no types for them. */
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
    /** The bytes of the next answers so far, and how many must be there before they are parsed. */
    chunks: Buffer[]
    bytesBuffered: number
    bytesNeeded: number
    connect: (this: Connection) => Promise<unknown>
    disconnect: (this: Connection) => Promise<unknown>
    isConnected(): boolean
    rejectRequests(error: Error): void
  }
}
