/**
 * A 64-bit hash of `text` as 16 hex digits, the same on every machine and run: two 32-bit MurmurHash3 finalised
 * streams (Appleby 2011) with different seeds. For ids that are pure functions of their inputs, not for security.
 */
export function hashId(text: string): string {
  return (
    (murmur32(text, 0x9747b28c) >>> 0).toString(16).padStart(8, '0') +
    (murmur32(text, 0x3c6ef372) >>> 0).toString(16).padStart(8, '0')
  )
}

/** MurmurHash3 over UTF-16 code units, one block each. 32-bit integer arithmetic only. */
function murmur32(text: string, seed: number): number {
  let h = seed
  for (let i = 0; i < text.length; i++) {
    let k = Math.imul(text.charCodeAt(i), 0xcc9e2d51)
    k = (k << 15) | (k >>> 17)
    h ^= Math.imul(k, 0x1b873593)
    h = (h << 13) | (h >>> 19)
    h = (Math.imul(h, 5) + 0xe6546b64) | 0
  }
  h ^= text.length
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** Partition of `key` among `partitions`: the same in every process. */
export function partitionOf(key: string, partitions: number): number {
  return partitions === 1 ? 0 : (murmur32(key, 0x9747b28c) >>> 0) % partitions
}
