import fc from 'fast-check'
import { Utf8Text } from './utf8-text.ts'

const values = fc.oneof(
  fc.double({ noNaN: true }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(-0, 9, 10, 99, 100, 999_999_999, 1e9, 2 ** 31 - 1, 2 ** 31, 1e21, 5e-324),
)
const asPrometheus = (value: number) => (Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf')

describe('Utf8Text', () => {
  it('holds text of any length in parts that later ones leave unchanged', () => {
    const part = fc.record({ head: fc.string({ unit: 'binary' }), value: values, isTaken: fc.boolean() })
    fc.assert(
      fc.property(fc.array(part), fc.integer({ min: 1, max: 100 }), (parts, capacity) => {
        const text = new Utf8Text(capacity)
        const taken: Buffer[] = []
        for (const { head, value, isTaken } of parts) {
          text.add(Buffer.from(head))
          text.addLine(Buffer.from(head), value)
          if (isTaken) taken.push(text.take())
        }
        const { length } = text
        taken.push(text.take())
        expect(taken.at(-1)).toHaveLength(length)
        const lines = parts.map(({ head, value }) => `${head}${head}${asPrometheus(value)}\n`)
        expect(Buffer.concat(taken).toString()).toBe(lines.join(''))
      }),
    )
  })
})
