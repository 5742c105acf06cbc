import kafkajs, { CompressionTypes } from 'kafkajs'

const { CompressionCodecs } = kafkajs

/** The codecs that our consumers cannot read. */
export const foreignCodecs = {
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
} as const

/** Largest part that each of the formats holds as it is. */
const PART_BYTES = 65_536

function partsOf(bytes: Buffer): readonly Buffer[] {
  const count = Math.ceil(bytes.length / PART_BYTES)
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * PART_BYTES, (i + 1) * PART_BYTES))
}

const int32BE = (value: number) => Buffer.of(value >>> 24, value >>> 16, value >>> 8, value)
const int32LE = (value: number) => Buffer.of(value, value >>> 8, value >>> 16, value >>> 24)

/** A stream of snappy-java: parts, each a literal behind its length as a varint. */
function snappy(bytes: Buffer): Buffer {
  const parts = partsOf(bytes).map((part) => {
    const { length } = part
    const size = Buffer.of((length & 127) | 128, ((length >> 7) & 127) | 128, length >> 14)
    const literal = Buffer.concat([size, Buffer.of(61 << 2, length - 1, (length - 1) >> 8), part])
    return Buffer.concat([int32BE(literal.length), literal])
  })
  return Buffer.concat([Buffer.from('\x82SNAPPY\0', 'latin1'), int32BE(1), int32BE(1), ...parts])
}

/** A frame of LZ4 with blocks that are not compressed. */
function lz4(bytes: Buffer): Buffer {
  const blocks = partsOf(bytes).map((part) => Buffer.concat([int32LE(part.length | 0x80000000), part]))
  return Buffer.concat([Buffer.from('04224d18607073', 'hex'), ...blocks, int32LE(0)])
}

/** A frame of Zstandard with raw blocks. */
function zstd(bytes: Buffer): Buffer {
  const parts = partsOf(bytes)
  const blocks = parts.map((part, i) => {
    const head = (part.length << 3) | (i === parts.length - 1 ? 1 : 0)
    return Buffer.concat([int32LE(head).subarray(0, 3), part])
  })
  return Buffer.concat([Buffer.from('28b52ffd0058', 'hex'), ...blocks])
}

/** Makes producers of kafkajs in this process write these codecs, without compressing anything. */
export function installForeignCodecs(): void {
  for (const [codec, store] of [
    [foreignCodecs.snappy, snappy],
    [foreignCodecs.lz4, lz4],
    [foreignCodecs.zstd, zstd],
  ] as const) {
    CompressionCodecs[codec] = () => ({
      compress: async ({ buffer }: { readonly buffer: Buffer }) => store(buffer),
      decompress: () => Promise.reject(new Error('Invariant: tests only write them')),
    })
  }
}
