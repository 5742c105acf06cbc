import fc from 'fast-check'
import { LineSplitter, MAX_LINE_BYTES } from './line-splitter.ts'

function split(chunks: readonly Buffer[]): string[] {
  const lines: string[] = []
  const splitter = new LineSplitter((bytes, start, end, lineBytes) => {
    const kept = end - start
    lines.push(kept === lineBytes ? bytes.toString('utf8', start, end) : `too long: ${kept} of ${lineBytes}`)
  })
  for (const chunk of chunks) splitter.push(chunk)
  splitter.end()
  return lines
}

function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const borders = [0, ...places.map((place) => Math.min(place, bytes.length)).sort((a, b) => a - b), bytes.length]
  return borders.slice(1).map((border, i) => bytes.subarray(borders[i], border))
}

describe('LineSplitter', () => {
  it('finds the same lines wherever chunks end, even inside a character', () => {
    const line = fc.string({ unit: fc.constantFrom('a', '{', ' ', 'é', '€', '😀', '\r') })
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(60)), fc.boolean(), (lines, places, endsWithBreak) => {
        const text = lines.join('\n') + (endsWithBreak ? '\n' : '')
        const want = text
          .split('\n')
          .map((line) => line.replace(/\r$/, ''))
          .filter((line) => line !== '')
        expect(split(cut(Buffer.from(text), places))).toEqual(want)
      }),
    )
  })

  it('keeps a line of 16 MB whole and the beginning of a longer one', () => {
    const megabyte = Buffer.alloc(1024 * 1024, 'x')
    const chunks = (count: number) => Array.from({ length: count }, () => megabyte)
    const newline = Buffer.from('\n')
    const lines = split([...chunks(16), newline, ...chunks(17), newline, Buffer.from('short')])
    expect(lines.map((line) => (line.length > 100 ? line.length : line))).toEqual([
      MAX_LINE_BYTES,
      `too long: 4096 of ${17 * 1024 * 1024}`,
      'short',
    ])
  })
})
