import { createHash } from 'node:crypto'
import { encodeLine, isCutText, keptText, rawOf } from '../src/index.ts'
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
  const sha256 = createHash('sha256').update('A'.repeat(length)).digest('hex')
  expect([said.raw.length, said.rawBytes, said.rawSha256]).toEqual([kept, rawBytes, rawBytes && sha256])
})

it("stays far below a broker's limit, however its bytes are escaped", () => {
  for (const byte of [0x00, 0x22, 0xff]) {
    const letter = aDeadLetter(rawOf(new Uint8Array(1_000_000).fill(byte)))
    expect(Buffer.byteLength(encodeLine(letter))).toBeLessThan(450_000)
  }
})

it.each([
  ['a key of ours', 'sim-1/manual', 'sim-1/manual'],
  ['one at the limit', 'k'.repeat(256), 'k'.repeat(256)],
  ['a longer one', 'k'.repeat(257), `${'k'.repeat(256)}…`],
  ['one with NULs', 'a\0b', 'a\uFFFDb…'],
  ['one that would be cut within a character', `${'k'.repeat(255)}🚀`, `${'k'.repeat(255)}…`],
])('keeps %s as a database can have it, and shows where it was cut', (_, text, kept) => {
  expect(keptText(text)).toBe(kept)
  expect(isCutText(kept)).toBe(kept !== text)
})
