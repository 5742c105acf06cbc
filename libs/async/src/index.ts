// Waiting
export { Deferred } from './deferred.ts'
export { delay, nextTurn } from './delay.ts'
export { Signal } from './signal.ts'
export { Wake } from './wake.ts'
// Limits
export { endsWithin, TimeoutError, withTimeout } from './time-limit.ts'
// Trying again
export { Backoff } from './backoff.ts'
export { retry } from './retry.ts'
// Queues
export { BatchQueue } from './batch-queue.ts'
export { SerialQueue } from './serial-queue.ts'
