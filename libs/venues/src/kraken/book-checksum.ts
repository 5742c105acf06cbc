import { crc32 } from './crc32.ts'

/** Levels per side in the checksum, whatever the depth of the subscription. */
const LEVELS = 10

/** The digits of a decimal, from the first non-zero one on. */
const digitsOf = (decimal: string) => decimal.replace('.', '').replace(/^0+/, '')

const joined = (levels: readonly string[]) =>
  levels
    .slice(0, 2 * LEVELS)
    .map(digitsOf)
    .join('')

/**
 * The checksum of a book (docs.kraken.com, "Book checksum (WebSocket v1)"): CRC-32 over the digits of price and volume of the
 * ten best asks, then of the ten best bids. Levels are price, volume, price, volume, ... as sent, best first.
 */
export function bookChecksum(bids: readonly string[], asks: readonly string[]): number {
  return crc32(joined(asks) + joined(bids))
}
