import { asOneLine } from './stream-frame.ts'

it('leaves the bytes of a line unchanged, and makes a line of any others', () => {
  const bytes = Buffer.from('{"a":"é"}')
  expect(asOneLine(bytes)).toBe(bytes)
  expect(asOneLine(Buffer.from('{\r\n"a":1\n}\r')).toString()).toBe('{  "a":1 } ')
})
