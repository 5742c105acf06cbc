import { bookChecksum } from './book-checksum.ts'
import { crc32 } from './crc32.ts'

it('is CRC-32, by its check value', () => {
  expect(crc32('123456789')).toBe(0xcbf43926)
  expect(crc32('')).toBe(0)
})

it('covers asks then bids, price then volume, without points and leading zeros', () => {
  const bids = ['0.05000', '0.00000304', '0.04995', '10.00000000']
  const asks = ['0.05005', '0.00000500']
  expect(bookChecksum(bids, asks)).toBe(crc32(['5005', '500', '5000', '304', '4995', '1000000000'].join('')))
})

it('covers the ten best levels of each side', () => {
  const side = (from: number, step: number, count: number) =>
    Array.from({ length: count }, (_, i) => [`${from + i * step}.5`, '1.00']).flat()
  const best = bookChecksum(side(100, -1, 10), side(101, 1, 10))
  expect(bookChecksum(side(100, -1, 11), side(101, 1, 30))).toBe(best)
  expect(bookChecksum(side(100, -1, 9), side(101, 1, 10))).not.toBe(best)
})
