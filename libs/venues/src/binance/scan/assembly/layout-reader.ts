// AssemblyScript, not TypeScript: `npm run generate` compiles it into ../layout-reader.wasm.ts.
//
// Reads the values of a frame by a layout, as PlainLayoutReader does, 16 bytes at a time.
//
// Invariants
// 1. `fits` is true only when every byte of the frame is part of a literal of the program or of a hole's value.
// 2. A value is exactly what `JSON.parse` and `Number` would make of it. What may not be is no fit.
// 3. Behind the frame stand 16 zero bytes, which are part of no literal, number or text: so nothing reads past its end.

/** The longest frame. */
export const FRAME_BYTES: i32 = 0x40000
/** The longest program. */
export const PROGRAM_BYTES: i32 = 0x800
export const PROGRAMS: i32 = 64
/** Kept values have numbers below this. */
export const SLOTS: i32 = 64
/** A level is written in ten bytes at least, and kept in 16. */
const LEVELS_BYTES: i32 = (FRAME_BYTES / 10 + 1) * 16

export const frame: usize = memory.data(FRAME_BYTES + 64, 16)
/** A program is, for each hole: kind, slot, length of the literal before it (two bytes), the literal. The last one has no hole. */
export const programs: usize = memory.data(PROGRAMS * PROGRAM_BYTES + 64, 16)
/** Values of integers and decimals by slot; of flags 1 and 0; of levels how many numbers are kept, and where from. */
export const numbers: usize = memory.data(8 * SLOTS, 16)
/** Where the symbol starts and ends, two 32-bit integers. */
export const symbol: usize = memory.data(8, 16)
/** Price, size, price, size, ..., of one side behind the other. */
export const levels: usize = memory.data(LEVELS_BYTES, 16)

const INTEGER: i32 = 0
const DECIMAL: i32 = 1
const FLAG: i32 = 2
const LEVELS: i32 = 3
const SYMBOL: i32 = 4
const TEXT: i32 = 5
const END: i32 = 6

const POINT: i32 = 0x2e
const QUOTE: i8 = 0x22
const BACKSLASH: i8 = 0x5c
const SPACE: i8 = 0x20
/** The bytes of `[]`, `[["`, `","`, `],["`, `"]]`, `true`, `fals`. */
const NO_LEVELS: u16 = 0x5d5b
const FIRST_LEVEL: i32 = 0x225b5b
const BETWEEN: i32 = 0x222c22
const NEXT_LEVEL: i32 = 0x225b2c5d
const LAST_LEVEL: i32 = 0x5d5d22
const TRUE: i32 = 0x65757274
const FALS: i32 = 0x736c6166
const LOWER_E: i32 = 0x65

const MAX_SAFE: i64 = 9007199254740991
/** Powers of ten that a double holds exactly. */
const MAX_SCALE: i32 = 22
const powersOfTen: usize = memory.data<f64>([
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
])

/** Vectors: the engine builds constants anew wherever they are used, which costs more than to load them. */
const ZEROS_OF_TEXT: usize = memory.data<u64>([0x3030303030303030, 0x3030303030303030], 16)
const NINES: usize = memory.data<u64>([0x0909090909090909, 0x0909090909090909], 16)
const QUOTES: usize = memory.data<u64>([0x2222222222222222, 0x2222222222222222], 16)
/** Per pair of digits, as 256 x second + first: times 2561, which is 256 x 10 + 1, the higher byte is 10 x first + second. */
const TENS: usize = memory.data<u16>([2561, 2561, 2561, 2561, 2561, 2561, 2561, 2561], 16)
const HUNDREDS: usize = memory.data<u16>([100, 1, 100, 1, 100, 1, 100, 1], 16)
const TEN_THOUSANDS: usize = memory.data<u16>([10000, 1, 10000, 1, 10000, 1, 10000, 1], 16)
/** For so many digits before a point and so many behind: where each of 16 bytes comes from to put the digits to the right end. */
const alignments: usize = memory.data(16 * 16 * 17, 16)

for (let whole = 0; whole <= 16; whole++) {
  for (let decimals = 0; decimals < 16; decimals++) {
    for (let to = 0; to < 16; to++) {
      const digit = to - 16 + whole + decimals
      // Out of range, so a zero, in front of the first digit.
      store<u8>(alignmentOf(whole, decimals) + to, digit < 0 ? 0xff : digit < whole ? digit : digit + 1)
    }
  }
}

/** Where the levels of the next side are kept. */
let nextLevel: usize = levels

/** True when the first `length` bytes of `frame` fit the program. Their values are those of the last call. */
export function fits(program: usize, length: i32): bool {
  const end = frame + <usize>length
  v128.store(end, i64x2.splat(0))
  nextLevel = levels
  let at = frame
  while (true) {
    const kind = <i32>load<u8>(program)
    const slot = numbers + 8 * <usize>load<u8>(program, 1)
    const literalLength = <i32>load<u16>(program, 2)
    program += 4
    if (!isAt(at, program, literalLength)) return false
    at += literalLength
    program += literalLength
    if (kind == DECIMAL) at = readDecimal(at, slot)
    else if (kind == INTEGER) at = readInteger(at, slot)
    else if (kind == LEVELS) at = readLevels(at, end, slot)
    else if (kind == FLAG) at = readFlag(at, slot)
    else if (kind == END) return at == end
    else if (kind == TEXT) at = readText(at)
    else at = readSymbol(at)
    if (at == 0) return false
  }
}

function isAt(at: usize, literal: usize, length: i32): bool {
  for (; length > 16; length -= 16) {
    if (i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(literal))) != 0xffff) return false
    at += 16
    literal += 16
  }
  return (i8x16.bitmask(i8x16.eq(v128.load(at), v128.load(literal))) | (-1 << length)) == -1
}

@inline
function alignmentOf(whole: i32, decimals: i32): usize {
  return alignments + 16 * (16 * whole + decimals)
}

/** The digits of 16 bytes as numbers; what is none is above 9. */
@inline
function digitsAt(at: usize): v128 {
  return i8x16.sub(v128.load(at), v128.load(ZEROS_OF_TEXT))
}

/** One bit for each of 16 bytes, that of the first the lowest: 1 where it is a digit. */
@inline
function digitBits(digits: v128): i32 {
  return i8x16.bitmask(i8x16.le_u(digits, v128.load(NINES)))
}

/** The number that so many digits are, up to 16, with one byte between the whole ones and the decimals, if there are some. */
@inline
function valueOf(digits: v128, whole: i32, decimals: i32): i64 {
  const aligned = v128.swizzle(digits, v128.load(alignmentOf(whole, decimals)))
  const twos = i16x8.shr_u(i16x8.mul(aligned, v128.load(TENS)), 8)
  const fours = i32x4.dot_i16x8_s(twos, v128.load(HUNDREDS))
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(fours, fours), v128.load(TEN_THOUSANDS))
  const both = i64x2.extract_lane(eights, 0)
  return (both & 0xffffffff) * 100000000 + (both >> 32)
}

/**
 * Reads `digits` or `digits.digits`. An integer up to 2^53 divided by a power of ten up to 10^22, both exact, is correctly rounded
 * (Clinger 1990). Gives the place behind it, or 0.
 */
function readDecimal(at: usize, into: usize): usize {
  const digits = digitsAt(at)
  const bits = digitBits(digits)
  const whole = ctz(~bits)
  if (whole == 0) return 0
  if (whole > 15) return readLongDecimal(at, into)
  if (<i32>load<u8>(at + whole) != POINT) {
    store<f64>(into, <f64>valueOf(digits, whole, 0))
    return at + whole
  }
  const decimals = ctz(~(bits >> (whole + 1)))
  const length = whole + 1 + decimals
  if (length > 15) return readLongDecimal(at, into)
  if (decimals == 0) return 0
  const value = <f64>valueOf(digits, whole, decimals)
  store<f64>(into, value / load<f64>(powersOfTen + 8 * decimals))
  return at + length
}

/** The same, digit by digit; zeros at its end do not count as digits. */
function readLongDecimal(at: usize, into: usize): usize {
  let value: i64 = 0
  let digit = <u32>load<u8>(at) - 0x30
  for (; digit <= 9; digit = <u32>load<u8>(++at) - 0x30) {
    value = value * 10 + digit
    if (value > MAX_SAFE) return 0
  }
  let scale = 0
  if (<i32>load<u8>(at) == POINT) {
    const point = at
    let zeros = 0
    digit = <u32>load<u8>(++at) - 0x30
    for (; digit <= 9; digit = <u32>load<u8>(++at) - 0x30) {
      if (digit == 0) {
        zeros++
        continue
      }
      scale += zeros + 1
      for (; zeros > 0; zeros--) {
        value *= 10
        if (value > MAX_SAFE) return 0
      }
      value = value * 10 + digit
      if (value > MAX_SAFE || scale > MAX_SCALE) return 0
    }
    if (at == point + 1) return 0
  }
  store<f64>(into, <f64>value / load<f64>(powersOfTen + 8 * scale))
  return at
}

/** Reads a JSON integer from 0 to 2^53 - 1. Gives the place behind it, or 0. */
function readInteger(at: usize, into: usize): usize {
  const digits = digitsAt(at)
  const count = ctz(~digitBits(digits))
  const value = valueOf(digits, count, 0)
  const first = i8x16.extract_lane_u(digits, 0)
  if (count == 0 || value > MAX_SAFE || (first == 0 && count > 1)) return 0
  if (<u32>load<u8>(at + count) - 0x30 <= 9) return 0
  store<f64>(into, <f64>value)
  return at + count
}

/**
 * Reads levels. Where texts end is found for 64 bytes at once: so the numbers of a level need not wait for those before it.
 */
function readLevels(at: usize, end: usize, into: usize): usize {
  const start = nextLevel
  let to = start
  if (load<u16>(at) == NO_LEVELS) {
    at += 2
  } else {
    if ((load<i32>(at) & 0xffffff) != FIRST_LEVEL) return 0
    at += 3
    let block = at
    let ends = textEnds(block)
    while (true) {
      while (ends == 0) {
        block += 64
        if (block > end) return 0
        ends = textEnds(block)
      }
      const quote = block + <usize>ctz(ends)
      ends &= ends - 1
      if (!readWholeDecimal(at, quote, to)) return 0
      to += 8
      const isPrice = (to - start) & 8
      if (isPrice) {
        if ((load<i32>(quote) & 0xffffff) != BETWEEN) return 0
        at = quote + 3
      } else {
        at = quote + 5
        if (load<i32>(quote + 1) != NEXT_LEVEL) break
      }
    }
    if ((load<i32>(at - 5) & 0xffffff) != LAST_LEVEL) return 0
    at -= 2
  }
  nextLevel = to
  store<i32>(into, <i32>(to - start) >> 3)
  store<i32>(into, <i32>(start - levels) >> 3, 4)
  return at
}

/** One bit for each of 64 bytes from `at` on: 1 where it is a quote behind a digit. */
function textEnds(at: usize): u64 {
  return (
    textEnds16(at) | (textEnds16(at + 16) << 16) | (textEnds16(at + 32) << 32) | (textEnds16(at + 48) << 48)
  )
}

@inline
function textEnds16(at: usize): u64 {
  const quotes = i8x16.eq(v128.load(at), v128.load(QUOTES))
  const digits = i8x16.le_u(digitsAt(at - 1), v128.load(NINES))
  return <u64>i8x16.bitmask(v128.and(quotes, digits))
}

/** Reads the decimal that is all there is from `at` to `end`. */
@inline
function readWholeDecimal(at: usize, end: usize, into: usize): bool {
  const length = <i32>(end - at)
  if (<u32>length > 15) return readLongDecimal(at, into) == end
  const digits = digitsAt(at)
  const others = ~digitBits(digits) & ((1 << length) - 1)
  if (others == 0) {
    store<f64>(into, <f64>valueOf(digits, length, 0))
    return length > 0
  }
  const whole = ctz(others)
  const decimals = length - whole - 1
  if (others != 1 << whole || whole == 0 || decimals == 0 || <i32>load<u8>(at + whole) != POINT) return false
  const value = <f64>valueOf(digits, whole, decimals)
  store<f64>(into, value / load<f64>(powersOfTen + 8 * decimals))
  return true
}

function readFlag(at: usize, into: usize): usize {
  const head = load<i32>(at)
  if (head == TRUE) {
    store<f64>(into, 1)
    return at + 4
  }
  if (head != FALS || <i32>load<u8>(at + 4) != LOWER_E) return 0
  store<f64>(into, 0)
  return at + 5
}

/** Reads up to the quote that ends a text of printable ASCII without escapes. Gives the place of the quote, or 0. */
function readText(at: usize): usize {
  while (true) {
    const bytes = v128.load(at)
    // What is not ASCII is negative.
    const odd = v128.or(i8x16.lt_s(bytes, i8x16.splat(SPACE)), i8x16.eq(bytes, i8x16.splat(BACKSLASH)))
    const quotes = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(QUOTE)))
    const before = ctz(quotes)
    if ((i8x16.bitmask(odd) & ((1 << min(before, 16)) - 1)) != 0) return 0
    if (quotes != 0) return at + before
    at += 16
  }
}

function readSymbol(at: usize): usize {
  const end = readText(at)
  store<i32>(symbol, <i32>at)
  store<i32>(symbol, <i32>end, 4)
  return end
}
