import type { Contender } from '../contender.ts'

const BYTES = 24_000_000

/**
 * What our own costs are compared with in the baseline: a loop over bytes, which is compiled alike and costs alike in every
 * process. Peers do not: they collect garbage, and differ by 5 % from process to process.
 */
export const reference: Contender = {
  name: 'reference',
  isYardstick: true,
  prepare: () => {
    const bytes = new Uint8Array(BYTES)
    for (let i = 0, random = 1; i < BYTES; i++) {
      random = (Math.imul(random, 1_103_515_245) + 12_345) | 0
      bytes[i] = random >>> 16
    }
    return Promise.resolve(() => numberOf(bytes))
  },
}

/** Reads digits, and mixes in what is none, as a scanner does. */
function numberOf(bytes: Uint8Array): number {
  let number = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    const isDigit = byte >= 48 && byte < 58
    number = isDigit ? (Math.imul(number, 10) + byte - 48) | 0 : ((number ^ (number >>> 7)) + byte) | 0
  }
  return number
}
