import { CopyRows, type ColumnKind } from './copy-rows.ts'

/** The bytes of one field, as hex, behind its length. */
function fieldOf(kind: ColumnKind, value: unknown): { readonly length: number; readonly bytes: string } {
  const rows = new CopyRows(1)
  rows.add(kind, value)
  return { length: rows.bytes.readInt32BE(), bytes: rows.bytes.subarray(4).toString('hex') }
}

describe('a row of a binary COPY', () => {
  it.each([
    ['text', 'plain', '706c61696e'],
    ['text', '', ''],
    ['text', 'nul\0', '6e756cefbfbd'],
    ['text', 'ünï', 'c3bc6ec3af'],
    ['text', 'half \ud800', '68616c6620efbfbd'],
    ['text', 'x'.repeat(100), '78'.repeat(100)],
    ['integer', 42, '000000000000002a'],
    ['integer', -1, 'ffffffffffffffff'],
    ['integer', Number.MAX_SAFE_INTEGER, '001fffffffffffff'],
    ['integer', Number.MIN_SAFE_INTEGER, 'ffe0000000000001'],
    ['double', -0.1, 'bfb999999999999a'],
    ['double', -0, '0000000000000000'],
    ['numeric', '-12.5', '000200004000000100' + '0c1388'],
    ['boolean', true, '01'],
    ['boolean', false, '00'],
    ['time', Date.UTC(2000, 0, 1) * 1000 + 1, '0000000000000001'],
    ['json', { a: 'ü' }, '017b2261223a22c3bc227d'],
    ['json', { a: '\0', b: '\\u0000' }, `01${Buffer.from('{"a":"\uFFFD","b":"\\\\u0000"}').toString('hex')}`],
    ['latin1', '\x00\xff', '00ff'],
  ] as const)('has %s %j', (kind, value, bytes) => {
    expect(fieldOf(kind, value)).toEqual({ length: bytes.length / 2, bytes })
  })

  it.each<ColumnKind>(['text', 'integer', 'double', 'numeric', 'boolean', 'time', 'json', 'latin1'])(
    'has null for an absent %s',
    (kind) => {
      expect(fieldOf(kind, undefined)).toEqual({ length: -1, bytes: '' })
    },
  )

  it.each([
    ['integer', 1.5],
    ['integer', 2 ** 53],
    ['time', NaN],
    ['numeric', '1e3'],
  ] as const)('refuses %s %j', (kind, value) => {
    expect(() => fieldOf(kind, value)).toThrow(expect.objectContaining({ code: 'rejected', retryable: false }))
  })

  it('says how many fields it has', () => {
    const rows = new CopyRows()
    rows.row(2)
    rows.add('boolean', true)
    rows.add('text', undefined)
    expect(rows.bytes.toString('hex')).toBe('0002' + '0000000101' + 'ffffffff')
  })
})
