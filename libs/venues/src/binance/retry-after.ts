import { refusalWaits } from '../refusal-waits.ts'

/**
 * 429 means too many requests, counted by the minute; 418 a ban of the address, of at least 2 minutes, for continuing after a
 * 429; 403 Binance's firewall.
 */
export const refusalWaitMs = refusalWaits({ 429: 60_000, 418: 120_000, 403: 300_000 })
