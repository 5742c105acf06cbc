import { formatTable } from './table.ts'

describe('a table', () => {
  it('aligns numbers to the right and everything else to the left', () => {
    const rows = [
      ['a', 1, true],
      ['long name', -12.5, undefined],
    ]
    expect(formatTable(['name', 'count', 'yes?'], rows, '')).toBe(
      ['name       count  yes?', 'a              1  yes', 'long name  -12.5  -', ''].join('\n'),
    )
  })

  it('shows no control characters', () => {
    expect(formatTable(['x'], [['a\u001b[31m\nb\u202ec']], '')).toBe('x\na [31m b c\n')
  })

  it('names what it is empty of', () => {
    expect(formatTable(['x'], [], 'Nothing.')).toBe('Nothing.\n')
  })
})
