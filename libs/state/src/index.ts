// The port
export {
  defaultExpirySeconds,
  type ExpirySeconds,
  type LatestState,
  type Noted,
  type StateHealth,
  type StateKind,
  type StateOptions,
  type StateValues,
} from './latest-state.ts'
export type { FillState, KillSwitchState, PlaneState, PositionState, QuoteState } from './state-values.ts'
export { StateError, type StateErrorCode } from './state-error.ts'
// What is behind it
export { createMemoryState } from './memory-state.ts'
export { createRedisState, type RedisStateOptions } from './redis-state.ts'
// What is noted there
export { noteEvent } from './note-event.ts'
