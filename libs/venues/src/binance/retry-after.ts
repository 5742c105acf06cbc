import { refusalWaits } from '../refusal-waits.ts'

/**
 * 429 is too many requests, counted by the minute, 418 a ban of the address for going on after a 429, of 2 minutes at least, 403 its
 * firewall.
 */
export const refusalWaitMs = refusalWaits({ 429: 60_000, 418: 120_000, 403: 300_000 })
