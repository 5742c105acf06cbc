import { encodeValue } from './copy-text.ts'

describe('COPY text', () => {
  it.each([
    ['text', 'plain', 'plain'],
    ['text', 'a\tb\nc\rd\\e', 'a\\tb\\nc\\rd\\\\e'],
    ['text', '\\N', '\\\\N'],
    ['text', 'nul\0', 'nul\uFFFD'],
    ['text', undefined, '\\N'],
    ['integer', 42, '42'],
    ['double', 1e-7, '1e-7'],
    ['double', -0.1, '-0.1'],
    ['numeric', '-0.00000001', '-0.00000001'],
    ['boolean', false, 'false'],
    ['time', 1_723_127_400_000_001, '1723127400000001'],
    ['json', [{ a: 'x\ty' }], '[{"a":"x\\\\ty"}]'],
    ['latin1', '\x00\xff', '\\\\x00ff'],
  ] as const)('writes %s %j', (kind, value, want) => {
    expect(encodeValue(kind, value)).toBe(want)
  })
})
