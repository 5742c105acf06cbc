import fc from 'fast-check'
import { parseJson } from './parse-json.ts'

/** The same value, with every number as a text. */
function withTexts(value: unknown): unknown {
  if (typeof value === 'number') return JSON.stringify(value)
  if (Array.isArray(value)) return value.map(withTexts)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withTexts(one)]))
}

it('keeps the digits of numbers as sent, and nothing else', () => {
  expect(parseJson(' {"price":0.10,"qty":[1e-8,-0,12],"text":"7, \\"8\\": 9\\\\","none":null,"is":true}')).toEqual({
    ...{ price: '0.10', qty: ['1e-8', '-0', '12'], text: '7, "8": 9\\', none: null, is: true },
  })
})

it('reads a message of v1, which is an array, like JSON.parse', () => {
  expect(parseJson('[337,[["55101.10000","0.5"]],"trade","XBT/USD"]')).toEqual([
    ...[337, [['55101.10000', '0.5']], 'trade', 'XBT/USD'],
  ])
})

it.each(['{"a":01}', '{"a":1.}', '{"a":.5}', '{"a":-}', '{"a":1e}', '{"a":"1}', '{1:2}', '{"a":1}2', '', '{'])(
  'refuses what is not JSON: %s',
  (text) => expect(() => parseJson(text)).toThrow(),
)

it('reads every object like JSON.parse, with its numbers as texts', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.boolean(), (value, isSpaced) => {
      const text = JSON.stringify(value, undefined, isSpaced ? 2 : undefined)
      expect(parseJson(text)).toEqual(withTexts(JSON.parse(text)))
    }),
  )
})

it('accepts what JSON.parse accepts, however the text is changed', () => {
  const text = '{"a":-1.50e+3,"b":["x\\"1",2,{"c":0.10}]}'
  fc.assert(
    fc.property(
      fc.nat(text.length),
      fc.nat(3),
      fc.constantFrom('', '"', '1', '.', '-', 'e', '0', ',', '\\', '{'),
      (at, cut, put) => {
        const changed = text.slice(0, at) + put + text.slice(at + cut)
        const isJson = (parse: (text: string) => unknown) => {
          try {
            parse(changed)
            return true
          } catch {
            return false
          }
        }
        expect(isJson(parseJson)).toBe(isJson(JSON.parse))
      },
    ),
    { numRuns: 500 },
  )
})
