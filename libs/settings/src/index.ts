// The account
export { accountKeys, accountSchema } from './account.ts'
// Durations
export { durationMs, inMicroseconds, type InMicroseconds } from './durations.ts'
