/** CRC-32C (Castagnoli 1993), bits reversed. */
const POLYNOMIAL = 0x82f63b78
const SLICES = 8

/** Table `t` holds, for each byte, what it comes to with `t` zero bytes behind it (slicing by 8: Kounavis and Berry 2005). */
const tables = createTables()

/** The CRC-32C of the bytes from `from` to before `to`, unsigned. `zlib.crc32` has another polynomial. */
export function crc32c(bytes: Uint8Array, from: number, to: number): number {
  const t = tables
  let crc = -1
  let at = from
  for (; at + SLICES <= to; at += SLICES) {
    crc ^= byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24)
    crc =
      entry(t, 1792 + (crc & 255)) ^
      entry(t, 1536 + ((crc >>> 8) & 255)) ^
      entry(t, 1280 + ((crc >>> 16) & 255)) ^
      entry(t, 1024 + (crc >>> 24)) ^
      entry(t, 768 + byte(bytes, at + 4)) ^
      entry(t, 512 + byte(bytes, at + 5)) ^
      entry(t, 256 + byte(bytes, at + 6)) ^
      entry(t, byte(bytes, at + 7))
  }
  for (; at < to; at++) crc = (crc >>> 8) ^ entry(t, (crc ^ byte(bytes, at)) & 255)
  return ~crc >>> 0
}

function createTables(): Int32Array {
  const made = new Int32Array(256 * SLICES)
  for (let value = 0; value < 256; value++) {
    let crc = value
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    made[value] = crc
  }
  for (let i = 256; i < made.length; i++) {
    const before = entry(made, i - 256)
    made[i] = (before >>> 8) ^ entry(made, before & 255)
  }
  return made
}

function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] as number
}

function entry(table: Int32Array, at: number): number {
  return table[at] as number
}
