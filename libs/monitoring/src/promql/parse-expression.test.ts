import { parseExpression } from './parse-expression.ts'

const read = (text: string) => {
  const parsed = parseExpression(text)
  if (!parsed.ok) throw new Error(parsed.error.message)
  return parsed.value.selectors
}

describe('an expression', () => {
  it('returns its selectors with their matchers in the order of the text', () => {
    expect(
      read('sum by (symbol) (rate(a_total{x="1", y=~"b|c"}[5m])) / on (symbol) {__name__="d", z!~"e"} # why'),
    ).toEqual([
      {
        metric: 'a_total',
        matchers: [
          { label: 'x', op: '=', value: '1' },
          { label: 'y', op: '=~', value: 'b|c' },
        ],
        position: 23,
      },
      { metric: 'd', matchers: [{ label: 'z', op: '!~', value: 'e' }], position: 68 },
    ])
  })

  it.each([
    ['a string with escapes', 'a{b="c\\"d\\\\e"}', 'c"d\\e'],
    ['a string in single quotes', "a{b='c'}", 'c'],
    ['a raw string', 'a{b=`c\\d`}', 'c\\d'],
    ['a quoted label name', 'a{"b.c"="d"}', 'd'],
  ])('reads %s', (_, text, value) => {
    expect(read(text)[0]?.matchers[0]?.value).toBe(value)
  })

  it('reads a quoted metric name', () => {
    expect(read('{"a.b", c="d"}')[0]).toMatchObject({ metric: 'a.b', matchers: [{ label: 'c' }] })
  })

  it.each([
    ['', 'the end', 1],
    ['a +', 'the end', 4],
    ['sum by (a (b)', '(b)', 11],
    ['a{b="c"', 'the end', 8],
    ['a{b="c}', 'the end', 8],
    ['rate(a[$__rate_interval])', '$__rate_interval])', 8],
    ['foo(a)', '(a)', 4],
  ])('is refused with what was found and where: %s', (text, found, position) => {
    const parsed = parseExpression(text)
    expect(parsed).toMatchObject({ ok: false, error: { code: 'syntax', found, position } })
  })
})
