// Outcomes
export { err, ok, type Result } from './result.ts'
export { isFault } from './fault.ts'
export { invariant } from './invariant.ts'
// Time
export { parseIsoTimeMs, parseRfc3339Us } from './iso-time.ts'
export { floorTime, systemClock, US_PER_DAY, US_PER_HOUR, US_PER_MINUTE, US_PER_SECOND, type Clock } from './time.ts'
// Fixed point
export {
  decimalsOf,
  divideHalfEven,
  fixed,
  fixedFromNumber,
  formatFixed,
  MONEY_SCALE,
  multiplyFixed,
  numberFromFixed,
  parseFixed,
  rescale,
} from './fixed.ts'
// Ids
export { hashId, partitionOf } from './hash-id.ts'
// Containers
export { PriorityQueue } from './priority-queue.ts'
export { RingBuffer } from './ring-buffer.ts'
// Randomness with a seed
export { Random, type RandomState } from './random.ts'
