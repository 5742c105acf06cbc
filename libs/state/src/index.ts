// The port
export type { LatestState } from './latest-state.ts'
// What is behind it
export { createRedisState } from './redis-state.ts'
// What is noted there
export { noteEvent } from './note-event.ts'
