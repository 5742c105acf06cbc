/** What `request-queue.ts` needs of the insides of kafkajs 2.2.4, which has no types for them. */
declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    readonly pending: readonly unknown[]
    readonly throttledUntil: number
    scheduleCheckPendingRequests?: (this: RequestQueue) => void
  }
}
