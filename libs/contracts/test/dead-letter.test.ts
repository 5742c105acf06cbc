import { encodeLine, rawOf } from '../src/index.ts'
import { MAX_RAW_BYTES } from '../src/events/dead-letter.ts'
import { aDeadLetter } from '@triplane/testing'

it.each([
  { name: 'all of a short one', length: 5, kept: 5 },
  { name: 'all of one at the limit', length: MAX_RAW_BYTES, kept: MAX_RAW_BYTES },
  {
    name: 'the beginning of a longer one, and its length',
    length: MAX_RAW_BYTES + 1,
    kept: MAX_RAW_BYTES,
    rawBytes: MAX_RAW_BYTES + 1,
  },
  { name: 'the beginning of one of 16 MB', length: 16_000_000, kept: MAX_RAW_BYTES, rawBytes: 16_000_000 },
])('keeps $name', ({ length, kept, rawBytes }) => {
  const bytes = new Uint8Array(length + 2).fill(0x41)
  const said = rawOf(bytes, 1, length + 1)
  expect([said.raw.length, said.rawBytes]).toEqual([kept, rawBytes])
})

it("stays far below a broker's limit, however its bytes are escaped", () => {
  for (const byte of [0x00, 0x22, 0xff]) {
    const letter = aDeadLetter(rawOf(new Uint8Array(1_000_000).fill(byte)))
    expect(Buffer.byteLength(encodeLine(letter))).toBeLessThan(450_000)
  }
})
