// The port
export type { LatestState } from './latest-state.ts'
// Its implementation
export { createRedisState } from './redis-state.ts'
// Noting events
export { noteEvent } from './note-event.ts'
